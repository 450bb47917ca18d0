"""Zips of recordings: where their members would lie, and revisions of archives."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from asdbench.data.folders.archives import entries_of, replaced

WAV = "fan/train/section_00_source_train_normal_0000.wav"


def places(folder: Path, name: str, *members: str, base: str = "", told: bool = False) -> list[str]:
    path = folder / name
    with zipfile.ZipFile(path, "w") as file:
        for member in members:
            file.writestr(member, b"")
    found, problem = entries_of(path, base, told=told)
    assert problem == ""
    assert {member for _, member in found} <= set(members)
    return [where for where, _ in found]


@pytest.mark.parametrize(
    ("name", "member", "place"),
    [
        ("dev_fan.zip", WAV, f"dev_data/{WAV}"),
        ("dev_data_fan.zip", WAV, f"dev_data/{WAV}"),
        ("DEV_fan_r2.zip", WAV, f"dev_data/{WAV}"),
        ("eval_data_fan_test.zip", WAV, f"eval_data/{WAV}"),
        ("dev_fan.zip", f"dev_data/raw/{WAV}", f"dev_data/raw/{WAV}"),
        ("devices.zip", WAV, WAV),
        ("mine.zip", f"mine/data/{WAV}", WAV),
        ("mine.zip", f"mine/dev_data/{WAV}", f"dev_data/{WAV}"),
        ("6_dB_fan.zip", "fan/id_00/normal/0.wav", "6_dB_fan/fan/id_00/normal/0.wav"),
        ("-6_dB_fan.zip", "fan/id_00/normal/0.wav", "-6_dB_fan/fan/id_00/normal/0.wav"),
        ("toys.zip", "ToyCar/case1/NormalSound_IND/a.wav", "ToyCar/case1/NormalSound_IND/a.wav"),
        ("mine.zip", "clips.csv", "clips.csv"),
    ],
)
def test_a_member_lies_where_it_belongs(tmp_path: Path, name: str, member: str, place: str) -> None:
    assert places(tmp_path, name, member) == [place]


def test_folders_above_say_the_subset_as_well(tmp_path: Path) -> None:
    assert places(tmp_path, "eval_fan.zip", WAV, base="dev_data") == [f"dev_data/{WAV}"]
    assert places(tmp_path, "dev_fan.zip", WAV, told=True) == [WAV]
    assert places(tmp_path, "dev_fan.zip", WAV, base="2023") == [f"2023/dev_data/{WAV}"]


def test_what_is_hidden_is_left_out(tmp_path: Path) -> None:
    hidden = [f"__MACOSX/{WAV}", "fan/train/._a.wav", "../out.wav", ".git/x"]
    assert places(tmp_path, "dev.zip", WAV, *hidden) == [f"dev_data/{WAV}"]
    assert places(tmp_path, "none.zip") == []


def test_a_broken_archive_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "dev.zip").write_bytes(b"half")
    found, problem = entries_of(tmp_path / "dev.zip", "")
    assert found == []
    assert problem.startswith(f"{tmp_path}/dev.zip is not a whole zip file (")


def test_a_later_revision_replaces_the_first() -> None:
    names = ["dev_ToyCar.zip", "dev_ToyCar_r2.zip", "dev_ToyCarEmu.zip", "x_r10.zip", "x_r9.ZIP"]
    assert replaced(names) == {"dev_ToyCar.zip", "x_r9.ZIP"}
