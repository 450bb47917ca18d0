"""Which layout a folder has, or what is said where it has none."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from dcase_trees import development, evaluation

from asdbench.data.folders.recognised import DCASE, MIMII, TABLE, TOYADMOS, scan

MIMII_FILES = ("fan/id_00/normal/0.wav", "fan/id_00/abnormal/0.wav")


def test_each_layout_is_known(tree) -> None:
    toys = ("ToyCar/case1/NormalSound_IND/a.wav", "ToyCar/case1/AnomalousSound_IND/a.wav")
    assert scan(tree(*development(2023), at="a")).layout == DCASE
    assert scan(tree(*MIMII_FILES, at="b")).layout == MIMII
    assert scan(tree(*toys, at="c")).layout == TOYADMOS
    path = Path(tree(*toys, *MIMII_FILES, *development(2023), at="d"))
    assert scan(path).layout == DCASE
    (path / "clips.csv").write_text(f"file,machine,id,split,label\n{toys[0]},x,1,train,\n")
    assert scan(path).layout == TABLE


@pytest.mark.parametrize("year", [2020, 2021, 2022, 2025])
def test_a_folder_of_archives_is_read_as_if_they_were_unpacked(tree, tmp_path, year: int) -> None:
    machine = "fan" if year < 2025 else "AutoTrash"
    names = ["dev_data/fan/train/normal_id_00_0.wav", "eval_data/fan/test/id_01_0.wav"]
    if year > 2020:
        names = [*development(year), *evaluation(year, machine)]
    unpacked = scan(tree(*names, at="unpacked"))
    (tmp_path / "packed").mkdir()
    for name in names:
        above, type, rest = name.split("/", 2)
        archive = f"{above.removesuffix('_data')}_{type}.zip"
        with zipfile.ZipFile(tmp_path / "packed" / archive, "a") as file:
            file.writestr(f"{type}/{rest}", b"")
    packed = scan(tmp_path / "packed")
    assert {wav[1:9] for wav in packed.wavs} == {wav[1:9] for wav in unpacked.wavs}
    assert packed.years == unpacked.years
    assert packed.odd == packed.faults == ()


def test_one_archive_alone(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "eval_data_fan_test.zip", "w") as file:
        file.writestr("fan/test/id_01_0.wav", b"")
    [wav] = scan(tmp_path / "eval_data_fan_test.zip").wavs
    assert (wav.subset, wav.archive) == ("evaluation", str(tmp_path / "eval_data_fan_test.zip"))


def test_a_broken_archive_beside_recordings_is_a_fault(tree) -> None:
    [fault] = scan(tree("fan/train/normal_id_00_0.wav", "dev_pump.zip")).faults
    assert "dev_pump.zip is not a whole zip file" in fault


def test_the_table_of_tags_is_not_odd(tree) -> None:
    assert scan(tree("fan/train/normal_id_00_0.wav", "tags.csv")).odd == ()


def test_other_wavs_lead_to_the_table(tree) -> None:
    with pytest.raises(ValueError, match=r"there is: songs; .* say in clips\.csv what each file"):
        scan(tree("songs/a.wav"))


def test_the_machine_types_of_any_layout_can_be_chosen(tree) -> None:
    path = tree(*MIMII_FILES, *(name.replace("fan", "pump") for name in MIMII_FILES))
    assert {wav.machine for wav in scan(path, machines=("pump",)).wavs} == {"pump"}
    with pytest.raises(ValueError, match=r"no machine type 'pumq'.* did you mean pump"):
        scan(path, machines=("pumq",))


@pytest.mark.parametrize(
    ("done", "faults"), [('{"dev_fan.zip": {"fan": 1}}', 0), ("{}", 1), ("?", 1)]
)
def test_what_is_left_of_an_archive_that_a_download_has_unpacked_is_no_fault(
    tree, done: str, faults: int
) -> None:
    path = Path(tree("dev_data/fan/test/normal_id_00_0.wav", ".asdbench-download/done.json"))
    (path / ".asdbench-download/done.json").write_text(done)
    (path / "dev_fan.zip").write_bytes(b"PK\3\4 cut off")
    found = scan(path)
    assert len(found.faults) == faults
    assert path / "dev_fan.zip" in found.odd
