"""The work folder: whose it is, and what is kept in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from asdbench.data.dcase.facts import Archive
from asdbench.data.dcase.work import alone_in, claim, disk_errors

FAN = Archive("dev_fan.zip", "1", "fan", "development", "")


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / ".asdbench-download"
    folder.mkdir()
    return folder


def holding(work: Path, year: str) -> None:
    claim(work, year, []).add(FAN, {"fan/train": 1})


def test_it_names_its_dataset(work: Path) -> None:
    assert not claim(work, "dcase2023", [])
    assert (work / "dataset").read_text() == "dcase2023\n"


def test_another_datasets_download_is_not_mixed_with_it(work: Path) -> None:
    holding(work, "dcase2021")
    with pytest.raises(ValueError, match=r"holds a download of dcase2021; give another folder to"):
        claim(work, "dcase2023", [])
    assert claim(work, "dcase2021", [])


def test_a_list_from_before_is_2020s(work: Path) -> None:
    (work / "done.json").write_text(json.dumps({"dev_data_fan.zip": {"fan/train": 1}}))
    with pytest.raises(ValueError, match="holds a download of dcase2020"):
        claim(work, "dcase2021", [])
    assert claim(work, "dcase2020", [])
    assert (work / "dataset").read_text() == "dcase2020\n"


def test_a_dataset_of_which_nothing_is_done_gives_way_with_its_parts(work: Path) -> None:
    claim(work, "dcase2021", ["dev_data_fan.zip"])
    (work / "dev_data_fan.zip.part").touch()
    claim(work, "dcase2020", ["dev_data_fan.zip"])
    assert {path.name for path in work.iterdir()} == {"dataset"}


def test_parts_of_its_own_archives_are_kept_and_the_rest_swept(work: Path) -> None:
    holding(work, "dcase2023")
    for name in ("dev_fan.zip.part", "dev_fan.zip.json", "dev_gone.zip", ".done.json.part"):
        (work / name).touch()
    (work / "unpacking-x" / "fan").mkdir(parents=True)
    claim(work, "dcase2023", ["dev_fan.zip"])
    kept = {path.name for path in work.iterdir()}
    assert kept == {"dataset", "done.json", "dev_fan.zip.part", "dev_fan.zip.json"}


def test_done_is_what_is_noted_and_still_there(work: Path) -> None:
    holding(work, "dcase2023")
    folder = work.parent / "dev_data" / "fan" / "train"
    (folder / "a_folder_is_no_file").mkdir(parents=True)
    assert not claim(work, "dcase2023", []).holds(FAN)
    (folder / "a.wav").touch()
    assert claim(work, "dcase2023", []).holds(FAN)


def test_one_download_at_a_time(work: Path) -> None:
    running = r"another download into .* is running"
    with alone_in(work), pytest.raises(OSError, match=running), alone_in(work):
        pass


def test_what_the_system_refuses_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    refused = r"cannot write .*file.*; choose another folder"
    with pytest.raises(OSError, match=refused), disk_errors(tmp_path):
        (tmp_path / "file" / "x").mkdir()
    with pytest.raises(OSError, match=r"^ours$"), disk_errors(tmp_path):
        raise OSError("ours")
