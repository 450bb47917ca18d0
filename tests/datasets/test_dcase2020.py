"""The DCASE 2020 layout: what is found, how it is labelled, and what is said when it is wrong."""

from __future__ import annotations

import os
import time
from collections import Counter
from pathlib import Path

import pytest

from asdbench.audio import FileSource
from asdbench.clips import Clip
from asdbench.datasets import facts
from asdbench.datasets.dcase2020 import Dcase2020
from asdbench.datasets.layout import scan


def tree(root: Path, *files: str) -> str:
    """Empty files at these places: a dataset declares recordings without opening any."""
    for file in files:
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return str(root)


def clips(path: str, **fields: tuple[str, ...]) -> list[Clip]:
    return [recording.clip for recording in Dcase2020(path, **fields).recordings()]


TRAIN, NORMAL, ANOMALY = (
    "train/normal_id_00_00000000.wav",
    "test/normal_id_00_00000000.wav",
    "test/anomaly_id_00_00000000.wav",
)


@pytest.mark.parametrize("above", ["", "dev_data/", "eval_data/"])
def test_a_tree_with_or_without_a_subset_folder(tmp_path: Path, above: str) -> None:
    path = tree(tmp_path, *(f"{above}fan/{name}" for name in (TRAIN, NORMAL, ANOMALY)))
    subset = "evaluation" if above == "eval_data/" else "development"
    assert clips(path) == [
        Clip("fan", "00", subset, "test", True, "anomaly_id_00_00000000.wav"),
        Clip("fan", "00", subset, "test", False, "normal_id_00_00000000.wav"),
        Clip("fan", "00", subset, "train", False, "normal_id_00_00000000.wav"),
    ]


def test_the_source_is_the_file(tmp_path: Path) -> None:
    path = tree(tmp_path, f"dev_data/fan/{TRAIN}")
    [recording] = Dcase2020(path).recordings()
    assert recording.source == FileSource(tmp_path / "dev_data/fan" / TRAIN)


def test_all_three_parts_together_and_the_choice_of_subset_and_machine(tmp_path: Path) -> None:
    path = tree(
        tmp_path,
        f"dev_data/fan/{TRAIN}",
        f"dev_data/fan/{ANOMALY}",
        f"dev_data/pump/{TRAIN}",
        "eval_data/fan/train/normal_id_01_00000000.wav",
        "eval_data/fan/test/id_01_00000000.wav",
    )
    assert Counter((c.machine, c.id, c.subset, c.split) for c in clips(path)) == {
        ("fan", "00", "development", "train"): 1,
        ("fan", "00", "development", "test"): 1,
        ("pump", "00", "development", "train"): 1,
        ("fan", "01", "evaluation", "train"): 1,
        ("fan", "01", "evaluation", "test"): 1,
    }
    assert {c.id for c in clips(path, subsets=("evaluation",))} == {"01"}
    assert {c.machine for c in clips(path, machines=("pump",))} == {"pump"}


def test_the_folder_given_may_be_dev_data_or_eval_data_itself(tmp_path: Path) -> None:
    tree(tmp_path, f"eval_data/press/{TRAIN}", f"dev_data/press/{TRAIN}")
    assert [c.subset for c in clips(str(tmp_path / "eval_data"))] == ["evaluation"]
    assert [c.subset for c in clips(str(tmp_path / "dev_data"))] == ["development"]


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
    tmp_path: Path, machine: str, machine_id: str, subset: str
) -> None:
    path = tree(tmp_path, f"{machine}/train/normal_id_{machine_id}_00000000.wav")
    assert [(c.id, c.subset) for c in clips(path)] == [(machine_id, subset)]


def test_the_folder_outranks_the_id(tmp_path: Path) -> None:
    path = tree(tmp_path, "dev_data/fan/train/normal_id_01_00000000.wav")
    assert [c.subset for c in clips(path)] == ["development"]


def test_evaluation_labels_apply_to_exactly_the_official_names(tmp_path: Path) -> None:
    official = facts.evaluation_labels("fan", "01")
    path = tree(tmp_path, *(f"eval_data/fan/test/{name}" for name in official))
    assert {c.name: c.anomalous for c in clips(path)} == dict(official)
    assert set(official.values()) == {True, False}


@pytest.mark.parametrize("change", ["one more", "one less", "other machine", "other id"])
def test_evaluation_labels_are_withheld_from_anything_else(tmp_path: Path, change: str) -> None:
    names = list(facts.evaluation_labels("fan", "01"))
    machine = "press" if change == "other machine" else "fan"
    if change == "one more":
        names.append("id_01_99999999.wav")
    if change == "one less":
        names.pop()
    if change == "other id":
        names = [name.replace("id_01", "id_00") for name in names]
    path = tree(tmp_path, *(f"eval_data/{machine}/test/{name}" for name in names))
    assert {c.anomalous for c in clips(path)} == {None}


def test_each_machine_id_is_labelled_for_itself(tmp_path: Path) -> None:
    official = facts.evaluation_labels("pump", "03")
    path = tree(
        tmp_path,
        *(f"pump/test/{name}" for name in official),
        "pump/test/id_05_00000000.wav",
        "pump/test/normal_id_00_00000000.wav",
    )
    labels = {(c.id, c.name): c.anomalous for c in clips(path)}
    assert labels["05", "id_05_00000000.wav"] is None
    assert labels["00", "normal_id_00_00000000.wav"] is False
    assert labels["03", "id_03_00000000.wav"] is official["id_03_00000000.wav"]


def test_hidden_files_other_files_and_case_of_the_extension(tmp_path: Path) -> None:
    path = tree(
        tmp_path,
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
    assert [c.name for c in clips(path)] == ["normal_id_00_00000000.WAV"]
    assert [str(odd.relative_to(tmp_path)) for odd in scan(path).odd] == [
        "README.md",
        "fan/extra",
        "fan/train/.DS_Store",
        "fan/train/._normal_id_00_00000000.wav",
        "fan/train/more",
        "fan/train/notes.txt",
        "results",
    ]


def test_the_order_does_not_depend_on_the_file_system(tmp_path: Path) -> None:
    names = [f"fan/{s}/normal_id_{i}_{n:08d}.wav" for s in ("train", "test") for i in ("02", "00")
             for n in (1, 0)]  # fmt: skip
    one, other = tree(tmp_path / "a", *names), tree(tmp_path / "b", *reversed(names))
    assert clips(one) == clips(other)


@pytest.mark.parametrize(
    ("files", "fields", "words"),
    [
        ([], {}, ["is empty", "asdbench data download dcase2020"]),
        (["dev_data_fan.zip"], {}, ["zip", "unzip", "asdbench data download dcase2020"]),
        (["songs/a.wav"], {}, ["<machine>/train/*.wav", "songs"]),
        (["train/normal_id_00_00000000.wav"], {}, ["one machine type", "folder above"]),
        (["fan/train/notes.txt"], {}, ["fan", "no wav"]),
        ([f"fan/{TRAIN}"], {"machines": ("fann",)}, ["'fann'", "did you mean fan?"]),
        ([f"ToyCar/{TRAIN}"], {"machines": ("toycar",)}, ["did you mean ToyCar?"]),
        ([f"fan/{TRAIN}"], {"machines": ("gearbox",)}, ["'gearbox'", "there is: fan"]),
        ([f"fan/{TRAIN}"], {"subsets": ("dev",)}, ["'dev'", "development"]),
        ([f"fan/{TRAIN}"], {"subsets": ("evaluation",)}, ["evaluation", "there is: development"]),
        (
            ["fan/train/anomaly_id_00_00000000.wav"],
            {},
            ["fan/train/anomaly_id_00_00000000.wav", "training", "move it to test/"],
        ),
        (
            ["fan/test/section_00_source_test_normal_0001.wav"],
            {},
            ["section_00_source_test_normal_0001.wav", "normal_id_<id>_<number>.wav", "rename"],
        ),
        (
            [f"dev_data/fan/{NORMAL}", f"eval_data/fan/{NORMAL}"],
            {},
            ["twice", f"dev_data/fan/{NORMAL}", f"eval_data/fan/{NORMAL}", "take one"],
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    tmp_path: Path, files: list[str], fields: dict[str, tuple[str, ...]], words: list[str]
) -> None:
    path = tree(tmp_path, *files)
    with pytest.raises(ValueError, match=r".") as caught:
        clips(path, **fields)
    message = str(caught.value)
    assert "\n" not in message
    assert str(tmp_path) in message or "subset" in message
    for word in words:
        assert word in message, message


def test_a_missing_folder_and_a_file_instead_of_one(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nowhere does not exist"):
        clips(str(tmp_path / "nowhere"))
    (tmp_path / "a.zip").touch()
    with pytest.raises(ValueError, match=r"a\.zip is a file, not a folder"):
        clips(str(tmp_path / "a.zip"))


@pytest.mark.skipif(os.getuid() == 0, reason="root may list any folder")
def test_a_folder_that_may_not_be_listed(tmp_path: Path) -> None:
    path = tree(tmp_path, f"fan/{TRAIN}")
    (tmp_path / "fan/train").chmod(0)
    try:
        with pytest.raises(ValueError, match="cannot list"):
            clips(path)
    finally:
        (tmp_path / "fan/train").chmod(0o755)


def test_the_facts_are_those_of_the_challenge() -> None:
    evaluation = facts.official_test_clips("evaluation")
    development = facts.official_test_clips("development")
    assert (len(evaluation), sum(evaluation.values())) == (7103, 4544)
    assert len(development) == 10_868
    assert len({(key.machine, key.id) for key in development}) == 23
    assert len({(key.machine, key.id) for key in [*development, *evaluation]}) == 41
    assert len(facts.archives()) == len({archive.md5 for archive in facts.archives()}) == 18
    assert {archive.part for archive in facts.archives()} == set(facts.PARTS)


def test_the_full_size_of_the_challenge_is_listed_in_seconds(tmp_path: Path) -> None:
    """7,103 files a run here; 54,000 take eight times that, and it may not be minutes."""
    for machine, machine_id, name in facts.official_test_clips("evaluation"):
        folder = tmp_path / "eval_data" / machine / "test"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
        assert machine_id in name
    begin = time.perf_counter()
    found = clips(str(tmp_path))
    assert time.perf_counter() - begin < 5
    assert sum(c.anomalous is True for c in found) == 4544


@pytest.fixture
def recordings() -> Path:
    folder = os.environ.get("ASDBENCH_RECORDINGS")
    if not folder:
        pytest.skip("ASDBENCH_RECORDINGS names no folder with mimii_fan_10s and mimii_2s")
    return Path(folder)


def test_real_recordings(recordings: Path) -> None:
    found = clips(str(recordings / "mimii_2s"))
    assert Counter((c.split, c.anomalous) for c in found) == {
        ("train", False): 132,
        ("test", False): 88,
        ("test", True): 220,
    }
    assert len({(c.machine, c.id) for c in found}) == 16
    source = Dcase2020(str(recordings / "mimii_fan_10s")).recordings()[0].source
    assert source.header()[:2] == (160_000, 16_000)
