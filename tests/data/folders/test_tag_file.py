"""``tags.csv``: what it says of a folder's clips, and every way in which it can be wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from asdbench.data.dcase.dataset import Dcase2020
from asdbench.data.folders.describe import describe
from asdbench.data.folders.recognised import scan
from asdbench.data.folders.tag_file import read_tags

FAN, PUMP = "dev_data/fan/test/", "dev_data/pump/test/"
A, B = FAN + "anomaly_id_00_1.wav", FAN + "normal_id_00_1.wav"
SAME = PUMP + "normal_id_00_1.wav"


@pytest.fixture
def folder(tree: Callable[..., str]) -> Path:
    return Path(tree(A, B, SAME))


def found(folder: Path, *lines: str) -> dict[str, dict[str, str]]:
    (folder / "tags.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    tags, _ = read_tags(folder, scan(folder).wavs)
    return {path.relative_to(folder).as_posix(): dict(of) for path, of in tags.items()}


def test_a_folder_without_it_has_no_tags(folder: Path) -> None:
    assert read_tags(folder, scan(folder).wavs) == ({}, [])


def test_a_column_is_a_tag_and_an_empty_cell_no_value(folder: Path) -> None:
    assert found(folder, "file,fault,snr", f"{A}, leak ,-6", "", f"{B},,6", f"{SAME},,") == {
        A: {"fault": "leak", "snr": "-6"},
        B: {"snr": "6"},
        SAME: {},
    }


@pytest.mark.parametrize(
    "name", ["anomaly_id_00_1.wav", A, A.replace("/", "\\"), f"./{A}", f'"{A}"']
)
def test_a_file_is_named_by_its_path_or_by_a_name_of_its_own(folder: Path, name: str) -> None:
    assert found(folder, "file,fault", f"{name},leak") == {A: {"fault": "leak"}}


def test_a_mark_and_windows_ends_of_lines_do_no_harm(folder: Path) -> None:
    (folder / "tags.csv").write_bytes(f"\ufefffile,fault\r\n{A},leak\r\n".encode())
    assert read_tags(folder, scan(folder).wavs).of == {folder / A: {"fault": "leak"}}


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([""], "line 1: the columns are missing; the first is file"),
        (["name,fault"], "line 1: the columns are name, fault; the first is file"),
        (["file"], "line 1: the columns are file; the first is file, each other one a tag"),
        (["file,a,a"], "line 1: a is there twice"),
        (["file,a,"], "line 1: a tag has no name"),
        (["file,a", "", f"{A},1,2"], "line 3 has 3 fields, the header 2"),
        (["file,a", f"{A},1", "anomaly_id_00_1.wav,2"], "line 3: .* has tags in line 2 already"),
        (["file,a", "normal_id_00_1.wav,1"], "line 2: 2 files are named 'normal_id_00_1.wav', .*"),
        (["file,a", '"x.wav,1'], "line 2: broken CSV"),
    ],
)
def test_what_is_wrong_is_told_by_its_line(folder: Path, lines: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        found(folder, *lines)


def test_text_in_another_encoding_is_refused(folder: Path) -> None:
    (folder / "tags.csv").write_bytes(b"file,a\n\xff,1\n")
    with pytest.raises(ValueError, match="isn't UTF-8 \\(byte 7\\)"):
        read_tags(folder, scan(folder).wavs)


def test_recordings_have_the_tags_of_the_whole_table_whatever_is_chosen(folder: Path) -> None:
    (folder / "tags.csv").write_text(f"file,fault\n{A},leak\n{SAME},\n")
    for machines in ((), ("fan",)):
        recordings = Dcase2020(str(folder), machines=machines).recordings()
        tags = {r.clip.name: dict(r.tags) for r in recordings if r.clip.machine == "fan"}
        assert tags == {"anomaly_id_00_1.wav": {"fault": "leak"}, "normal_id_00_1.wav": {}}


def test_a_manifest_beside_the_folder_is_outranked_by_the_table_in_it(folder: Path) -> None:
    manifest = folder.with_name(f"{folder.name}.manifest.csv")
    manifest.write_text(f"file,condition,source\n{A},0dB,x\n")
    [tags] = [one.tags for one in Dcase2020(str(folder)).recordings() if one.tags]
    assert tags == {"condition": "0dB", "source": "x"}
    (folder / "tags.csv").write_text(f"file,condition,fault\n{A},6dB,leak\n")
    [tags] = [one.tags for one in Dcase2020(str(folder)).recordings() if one.tags]
    assert tags == {"condition": "6dB", "source": "x", "fault": "leak"}
    manifest.write_text("file,condition\nx.wav,0dB\n")
    [line] = describe(folder).passed_over
    assert f"{manifest.name} line 2: there is no clip 'x.wav'" in line


def test_the_table_is_no_odd_file_and_what_is_wrong_in_it_stops_a_run(folder: Path) -> None:
    (folder / "tags.csv").write_text(f"file,fault\n{A},leak\n")
    assert describe(folder).odd == ()
    assert [one[:22] for one in describe(folder).problems] == ["no training clips for "]
    (folder / "tags.csv").write_text("file,fault\nnormal_id_00_1.wav,leak\n")
    problem, *_ = describe(folder).problems
    assert "tags.csv line 2: 2 files are named" in problem


@pytest.mark.parametrize("left", [[], ["fan/test/normal_id_00_0.wav"]])
def test_a_line_of_a_clip_that_was_deleted_is_passed_over_and_told(
    tree: Callable[..., str], caplog: pytest.LogCaptureFixture, left: list[str]
) -> None:
    """A detector may be fitted where test clips, or some of them, are gone."""
    folder = Path(tree("fan/train/normal_id_00_0.wav", *left, at="normal"))
    lines = ["file,fault", *(f"{one},none" for one in left), "fan/test/anomaly_id_00_0.wav,leak"]
    (folder / "tags.csv").write_text("\n".join(lines) + "\n")
    tags = [dict(one.tags) for one in Dcase2020(str(folder)).recordings()]
    assert len(tags) == 1 + len(left)
    assert {"fault": "none"} in tags or not left
    said = f"tags.csv line {len(lines)}: there is no clip 'fan/test/anomaly_id_00_0.wav'"
    assert said in caplog.text
    assert said in describe(folder).passed_over[0]
