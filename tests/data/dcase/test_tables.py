"""``attributes_00.csv``: what it says of clips, and that it outranks names."""

from __future__ import annotations

from pathlib import Path

import pytest

from asdbench.data.dcase.tables import rows_of, with_tables
from asdbench.data.folders.listing import Listed
from asdbench.data.folders.recognised import scan
from asdbench.data.folders.recordings import problems
from asdbench.data.folders.tree import Wav
from asdbench.data.loading import dataset_of

A = "section_00_source_train_normal_0000_vel_6.wav"
B = "section_00_source_train_normal_0001_noAttribute.wav"


def test_names_and_values_take_turns() -> None:
    text = f"file_name,d1p,d1v,d2p,d2v\nfan/train/{A},vel,7,loc,B\nfan\\train\\{B},vel,8,,\n\n"
    assert list(rows_of(text, "t.csv")) == [
        (A, (("vel", "7"), ("loc", "B")), ""),
        (B, (("vel", "8"),), ""),
    ]


def test_columns_with_names_of_their_own_and_none_at_all() -> None:
    assert list(rows_of(f"file_name,vel,loc\n{A},7,\n", "t.csv")) == [(A, (("vel", "7"),), "")]
    assert list(rows_of(f"file_name\n{A}\n", "t.csv")) == [(A, (), "")]
    assert list(rows_of(f"file_name,d1p,d1v\n{A},noAttribute,\n", "t.csv")) == [(A, (), "")]
    assert list(rows_of("", "t.csv")) == []


def test_a_row_takes_the_place_of_what_the_name_says(tree) -> None:
    path = tree(f"fan/train/{A}", f"fan/train/{B}", "fan/supplemental/section_00_noise_0_.wav")
    Path(path, "fan/attributes_00.csv").write_text(
        f"file_name,d1p,d1v\nfan/train/{A},,\nfan/train/{B},vel,8\n"
        "fan/supplemental/section_00_noise_0_.wav,loc,B\nfan/train/gone.wav,vel,1\n"
    )
    found = scan(path)
    assert {wav.name: dict(wav.attributes) for wav in found.wavs} == {
        A: {"vel": "6"},  # a row without any says nothing
        B: {"vel": "8"},
        "section_00_noise_0_.wav": {"supplemental": "noise", "loc": "B"},
    }
    assert found.odd == ()


def test_another_types_table_is_not_meant(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text(f"file_name,d1p,d1v\n{A},vel,9\n")
    wavs = [Wav(f"/{m}/{A}", m, "00", "", "train", A, False) for m in ("fan", "pump")]
    found, faults, passed_over = with_tables(wavs, [("pump", Listed("t.csv", str(table)))])
    assert [wav.attributes for wav in found] == [(), (("vel", "9"),)]
    assert faults == passed_over == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"{A},vel", "attribute 'vel' has no value"),
        (f"{A},,7", "'7' is the value of no attribute"),
        (f"{A},vel,7,loc,B", "it has 5 fields, the header 3"),
        (",vel,7", "it names no file"),
        (f"{A},vel,,loc,B", "it has 5 fields, the header 3"),
    ],
)
def test_a_line_that_cant_be_understood_is_told(
    tree, line: str, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tree(f"fan/train/{A}")
    Path(path, "fan/attributes_00.csv").write_text(f"file_name,d1p,d1v\n{B},vel,8\n{line}\n")
    found = scan(path)
    assert found.passed_over == (f"{path}/fan/attributes_00.csv line 3: {said}",)
    assert list(problems(found)) == []
    dataset_of({"name": "folder", "path": str(path)}).recordings()
    assert f"passed over: {found.passed_over[0]}" in caplog.text


@pytest.mark.parametrize(
    ("content", "said"), [(b'a,b\n"x', "line 2: broken CSV"), (b"\xff", "isn't UTF-8 ")]
)
def test_a_broken_table_stops_a_run(tree, content: bytes, said: str) -> None:
    path = tree(f"fan/train/{A}")
    Path(path, "fan/attributes_00.csv").write_bytes(content)
    [problem] = problems(scan(path))
    assert "fan/attributes_00.csv" in problem
    assert said in problem
