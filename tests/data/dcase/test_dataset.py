"""The datasets of DCASE Task 2: what they declare of a tree, and how clips are labelled."""

from __future__ import annotations

import os
import time
from collections import Counter
from pathlib import Path

import pytest
from dcase_trees import development, evaluation

from asdbench.data.clips import Clip
from asdbench.data.dcase import facts
from asdbench.data.dcase.dataset import (
    Dcase2020,
    Dcase2021,
    Dcase2022,
    Dcase2023,
    Dcase2024,
    Dcase2025,
    Dcase2026,
)
from asdbench.data.dcase.facts import YEARS
from asdbench.data.decode import FileSource
from asdbench.data.folders.dataset import Folder
from asdbench.data.loading import dataset_of


def clips(path: str, **fields: tuple[str, ...]) -> list[Clip]:
    return [recording.clip for recording in Dcase2020(path, **fields).recordings()]


TRAIN, NORMAL, ANOMALY = (
    "train/normal_id_00_00000000.wav",
    "test/normal_id_00_00000000.wav",
    "test/anomaly_id_00_00000000.wav",
)


@pytest.mark.parametrize("above", ["", "dev_data/", "eval_data/"])
def test_a_tree_with_or_without_a_subset_folder(tree, above: str) -> None:
    path = tree(*(f"{above}fan/{name}" for name in (TRAIN, NORMAL, ANOMALY)))
    subset = "evaluation" if above == "eval_data/" else "development"
    assert clips(path) == [
        Clip("fan", "00", subset, "test", True, "anomaly_id_00_00000000.wav"),
        Clip("fan", "00", subset, "test", False, "normal_id_00_00000000.wav"),
        Clip("fan", "00", subset, "train", False, "normal_id_00_00000000.wav"),
    ]


def test_the_source_is_the_file(tree, tmp_path: Path) -> None:
    path = tree(f"dev_data/fan/{TRAIN}")
    [recording] = Dcase2020(path).recordings()
    assert recording.source == FileSource(tmp_path / "dev_data/fan" / TRAIN)


def test_all_three_parts_together_and_the_choice_of_subset_and_machine(tree) -> None:
    path = tree(
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


def test_evaluation_labels_apply_to_exactly_the_official_names(tree) -> None:
    known = facts.evaluation_labels(2020, "fan", "01")
    official = {name: truth.anomalous for name, truth in known.items()}
    path = tree(*(f"eval_data/fan/test/{name}" for name in official))
    assert {c.name: c.anomalous for c in clips(path)} == official
    assert set(official.values()) == {True, False}


@pytest.mark.parametrize("change", ["one more", "one less", "other machine", "other id"])
def test_evaluation_labels_are_withheld_from_anything_else(tree, change: str) -> None:
    names = list(facts.evaluation_labels(2020, "fan", "01"))
    machine = "press" if change == "other machine" else "fan"
    if change == "one more":
        names.append("id_01_99999999.wav")
    if change == "one less":
        names.pop()
    if change == "other id":
        names = [name.replace("id_01", "id_00") for name in names]
    path = tree(*(f"eval_data/{machine}/test/{name}" for name in names))
    assert {c.anomalous for c in clips(path)} == {None}


def test_each_machine_id_is_labelled_for_itself(tree) -> None:
    official = facts.evaluation_labels(2020, "pump", "03")
    path = tree(
        *(f"pump/test/{name}" for name in official),
        "pump/test/id_05_00000000.wav",
        "pump/test/normal_id_00_00000000.wav",
    )
    labels = {(c.id, c.name): c.anomalous for c in clips(path)}
    assert labels["05", "id_05_00000000.wav"] is None
    assert labels["00", "normal_id_00_00000000.wav"] is False
    assert labels["03", "id_03_00000000.wav"] is official["id_03_00000000.wav"].anomalous


def test_the_order_does_not_depend_on_the_file_system(tree) -> None:
    names = [f"fan/{s}/normal_id_{i}_{n:08d}.wav" for s in ("train", "test") for i in ("02", "00")
             for n in (1, 0)]  # fmt: skip
    one, other = tree(*names, at="a"), tree(*reversed(names), at="b")
    assert clips(one) == clips(other)


@pytest.mark.parametrize(
    ("files", "fields", "words"),
    [
        ([], {}, ["is empty", "asdbench data download dcase2020"]),
        (["dev_data_fan.zip"], {}, ["whole zip", "unzip", "asdbench data download dcase2020"]),
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
            ["fan/test/recording_0001.wav"],
            {},
            ["recording_0001.wav", "normal_id_<id>_<number>.wav", "section_<id>", "rename"],
        ),
        (
            [f"dev_data/fan/{NORMAL}", f"eval_data/fan/{NORMAL}"],
            {},
            ["twice", f"dev_data/fan/{NORMAL}", f"eval_data/fan/{NORMAL}", "take one"],
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    tree, tmp_path: Path, files: list[str], fields: dict[str, tuple[str, ...]], words: list[str]
) -> None:
    path = tree(*files)
    with pytest.raises(ValueError, match=r".") as caught:
        clips(path, **fields)
    message = str(caught.value)
    assert "\n" not in message
    assert str(tmp_path) in message or "subset" in message
    for word in words:
        assert word in message, message


def test_the_full_size_of_the_challenge_is_listed_in_seconds(tmp_path: Path) -> None:
    """7,103 files a run here; 54,000 take eight times that, and it may not be minutes."""
    for machine, machine_id, name in facts.official_test_clips(2020, "evaluation"):
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


@pytest.mark.parametrize("year", range(2021, 2027))
def test_each_year_is_a_dataset(tree, year: int) -> None:
    plugin = f"dcase{year}"
    path = tree(*development(year))
    dataset = dataset_of({"name": plugin, "path": path})
    assert {r.clip.machine for r in dataset.recordings()} == {*YEARS[year].types["development"]}
    assert dataset.protocol == YEARS[year].protocol
    assert plugin in str(type(dataset)).lower()


def test_a_folder_of_another_year_is_an_error(tree) -> None:
    path = tree(*development(2022))
    with pytest.raises(ValueError, match=r'is DCASE 2022, not DCASE 2020; use .* "dcase2022" or'):
        Dcase2020(path).recordings()
    path = tree(*development(2023), at="newer")
    with pytest.raises(ValueError, match=r"is DCASE 2023 or 2024, not DCASE 2021; use the data"):
        Dcase2021(path).recordings()
    assert Dcase2024(path).recordings()
    assert Dcase2025(path).recordings()  # without what is supplemental
    old = tree("fan/train/normal_id_00_0.wav", at="old")
    with pytest.raises(ValueError, match="is DCASE 2020, not DCASE 2023"):
        Dcase2023(old).recordings()
    mimii = tree("fan/id_00/normal/0.wav", at="mimii")
    with pytest.raises(ValueError, match=r'is in the layout of MIMII, not DCASE 2026; use .*"fold'):
        Dcase2026(mimii).recordings()


def test_a_year_settles_labels(tree) -> None:
    path = tree(*evaluation(2024, "ToothBrush"))
    assert {c.anomalous for c in labels(Dcase2024(path))} == {True, False}
    assert {c.anomalous for c in labels(Folder(path))} == {None}
    assert Dcase2022(tree(*development(2022), at="b")).protocol == "2022"


def labels(dataset: Dcase2024 | Folder) -> list[Clip]:
    return [r.clip for r in dataset.recordings() if r.clip.split == "test"]
