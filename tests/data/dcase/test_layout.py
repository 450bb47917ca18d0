"""The layout of DCASE Task 2: which files are found, and what their paths say."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from asdbench.data.dcase.layout import WORK_FOLDER, read, subset_named_by
from asdbench.data.folders.listing import list_files
from asdbench.data.folders.recognised import scan
from asdbench.data.folders.tree import Wav

TRAIN = "train/normal_id_00_00000000.wav"


def test_a_path_says_all_that_is_known_of_a_file(tree, tmp_path: Path) -> None:
    path = tree("dev_data/fan/test/anomaly_id_02_00000007.wav", "dev_data/fan/test/id_02_1.wav")
    folder = tmp_path / "dev_data/fan/test"
    place = ("fan", "02", "development", "test")
    assert scan(path).wavs == (
        Wav(f"{folder}/anomaly_id_02_00000007.wav", *place, "anomaly_id_02_00000007.wav", True),
        Wav(f"{folder}/id_02_1.wav", *place, "id_02_1.wav", None),
    )


def test_a_name_without_a_machine_id_is_told_apart(tree, tmp_path: Path) -> None:
    path = tree(f"fan/{TRAIN}", "fan/test/section_00.wav")
    assert scan(path).unnamed == (tmp_path / "fan/test/section_00.wav",)
    assert len(scan(path).wavs) == 1


def test_machine_types_can_be_chosen(tree) -> None:
    path = tree(f"fan/{TRAIN}", f"pump/{TRAIN}")
    assert {wav.machine for wav in scan(path, machines=("pump",)).wavs} == {"pump"}
    with pytest.raises(ValueError, match=r"no machine type 'punp' in .*; did you mean pump\?"):
        scan(path, machines=("punp",))


def test_the_folder_given_may_be_dev_data_or_eval_data_itself(tree, tmp_path: Path) -> None:
    tree(f"eval_data/press/{TRAIN}", f"dev_data/press/{TRAIN}")
    assert [c.subset for c in scan(tmp_path / "eval_data").wavs] == ["evaluation"]
    assert [c.subset for c in scan(tmp_path / "dev_data").wavs] == ["development"]


@pytest.mark.parametrize(
    ("machine", "machine_id", "subset"),
    [
        ("fan", "00", "development"),
        ("valve", "05", "evaluation"),
        ("ToyCar", "04", "development"),
        ("ToyCar", "05", "evaluation"),
        ("ToyConveyor", "03", "development"),
        ("ToyConveyor", "04", "evaluation"),
        ("fan", "09", "development"),
        ("press", "01", "development"),
        ("press", "7b", "development"),
    ],
)
def test_without_a_folder_the_id_says_the_subset(
    tree, machine: str, machine_id: str, subset: str
) -> None:
    path = tree(f"{machine}/train/normal_id_{machine_id}_00000000.wav")
    assert [(c.id, c.subset) for c in scan(path).wavs] == [(machine_id, subset)]


def test_the_folder_outranks_the_id(tree) -> None:
    path = tree("dev_data/fan/train/normal_id_01_00000000.wav")
    assert [c.subset for c in scan(path).wavs] == ["development"]


def test_hidden_files_other_files_and_case_of_the_extension(tree, tmp_path: Path) -> None:
    path = tree(
        "fan/train/normal_id_00_00000000.WAV",
        "fan/train/._normal_id_00_00000000.wav",
        "fan/train/.DS_Store",
        "fan/train/notes.txt",
        "fan/train/more/normal_id_00_00000001.wav",
        "fan/extra/normal_id_00_00000002.wav",
        "results/board.md",
        ".asdbench-download/done.json",
        "README.md",
    )
    assert [c.name for c in scan(path).wavs] == ["normal_id_00_00000000.WAV"]
    assert [str(odd.relative_to(tmp_path)) for odd in scan(path).odd] == [
        "README.md",
        "fan/extra",
        "fan/train/.DS_Store",
        "fan/train/._normal_id_00_00000000.wav",
        "fan/train/more",
        "fan/train/notes.txt",
        "results",
    ]


def test_a_missing_folder_and_a_file_instead_of_one(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nowhere does not exist"):
        scan(tmp_path / "nowhere")
    (tmp_path / "a.txt").touch()
    with pytest.raises(ValueError, match=r"a\.txt is a file, neither a folder nor a zip"):
        scan(tmp_path / "a.txt")
    (tmp_path / "a.zip").touch()
    with pytest.raises(ValueError, match=r"a\.zip is not a whole zip file \(.*\); fetch it again"):
        scan(tmp_path / "a.zip")


@pytest.mark.skipif(os.getuid() == 0, reason="root may list any folder")
def test_a_folder_that_may_not_be_listed(tree, tmp_path: Path) -> None:
    path = tree(f"fan/{TRAIN}")
    (tmp_path / "fan/train").chmod(0)
    try:
        with pytest.raises(ValueError, match="cannot list"):
            scan(path)
    finally:
        (tmp_path / "fan/train").chmod(0o755)


@pytest.mark.parametrize("above", ["", "raw/", "dev_data/", "dev_data/raw/", "eval_data/raw/"])
def test_the_folders_of_2021_and_later(tree, above: str) -> None:
    path = tree(
        f"{above}fan/train/section_00_source_train_normal_0000_m-n_W.wav",
        f"{above}fan/source_test/section_00_0001.wav",
        f"{above}fan/target_test/section_00_target_test_anomaly_0000.wav",
        f"{above}fan/test/section_00_0000.wav",
        f"{above}fan/supplemental/section_00_noise_0000_.wav",
        f"{above}fan/attributes_00.csv",
        "other/place/section_00_0000.wav",
    )
    found = read(list_files(path))
    subset = {"dev": "development", "eva": "evaluation"}.get(above[:3], "")
    assert {(wav.machine, wav.id, wav.subset) for wav in found.wavs} == {("fan", "00", subset)}
    assert {(wav.split, wav.domain, wav.anomalous) for wav in found.wavs} == {
        ("train", "source", False),
        ("test", "source", None),  # the folder says it
        ("test", "target", True),
        ("test", None, None),
        ("supplemental", None, None),
    }
    assert [machine for machine, _ in found.tables] == ["fan"]


def test_the_folder_given_may_be_raw(tree, tmp_path: Path) -> None:
    tree(f"eval_data/raw/press/{TRAIN}")
    assert [wav.subset for wav in scan(tmp_path / "eval_data/raw").wavs] == ["evaluation"]
    assert subset_named_by(tmp_path / "dev_data") == "development"
    assert subset_named_by(tmp_path) == ""


def test_what_a_download_keeps_for_itself_is_not_odd(tree) -> None:
    path = tree(f"fan/{TRAIN}", f"{WORK_FOLDER}/dataset", f"{WORK_FOLDER}/more/done.json")
    assert scan(path).odd == ()
