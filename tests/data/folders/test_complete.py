"""What is missing of a year's data, by name or by number."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from dcase_trees import development, evaluation, labelled, supplements, training

from asdbench.data.dcase.facts import YEARS
from asdbench.data.folders.complete import OfficialTestSet, missing, official_test_sets
from asdbench.data.folders.recognised import scan
from asdbench.data.folders.recordings import declared


def whole(machine: str, *, supplemental: int = 0) -> Iterable[str]:
    """A machine type of a development set since 2022, one section, with all clips."""
    names = (*training(source=990, target=10), *labelled(each=50), *supplements(supplemental))
    return (f"dev_data/{machine}/{name}" for name in names)


def lines(path: str, year: int) -> list[str]:
    return list(missing(declared(scan(path)), year))


def test_a_whole_development_set(tree) -> None:
    types = YEARS[2023].types["development"]
    path = tree(*(name for machine in types for name in whole(machine)))
    said = "DCASE 2023 development set: all machine types and sections are there, and clips"
    assert lines(path, 2023) == [said]


def test_types_sections_and_counts_that_are_missing(tree) -> None:
    path = tree(*(f"dev_data/fan/{name}" for name in (*training(source=3), *labelled(each=50))))
    start = "DCASE 2022 development set: "
    assert lines(path, 2022) == [
        f"{start}not there is ToyCar, ToyTrain, bearing, gearbox, slider, valve",
        f"{start}not there is fan section 01, section 02",
        f"{start}fan 00: 3 of 990 source training clips; missing are 0003, 0004, 0005, ...",
        f"{start}fan 00: 1 of 10 target training clips; missing are 0001, 0002, 0003, ...",
    ]
    assert "DCASE 2025 development set: fan: 0 of 100 supplemental clips" in lines(path, 2025)


def test_test_clips_of_a_domain_and_label(tree) -> None:
    names = [
        name for name in whole("fan", supplemental=100) if "target_test_anomaly_0007" not in name
    ]
    found = lines(tree(*names), 2025)
    said = "fan 00: 49 of 50 anomalous target test clips; missing are 0007"
    assert found[1:] == [f"DCASE 2025 development set: {said}"]


def test_an_evaluation_type_without_test_clips(tree) -> None:
    names = [f"eval_data/Vacuum/{name}" for name in training(source=990, target=10)]
    found = lines(tree(*names), 2023)
    assert found[1:] == ["DCASE 2023 evaluation set: Vacuum 00: no test clips"]


def test_nothing_is_counted_where_a_year_has_no_counts(tree) -> None:
    said = (
        "DCASE 2021 development set: all machine types and sections are there; clips aren't counted"
    )
    assert lines(tree(*development(2021)), 2021) == [said]
    assert lines(tree("fan/train/normal_id_00_0.wav", at="b"), 2020) == []


def test_evaluation_clips_by_name(tree) -> None:
    names = evaluation(2023, "Vacuum")
    gone = "eval_data/Vacuum/test/section_00_0003.wav"
    path = tree(*(name for name in names if name != gone))
    [found] = official_test_sets([one.clip for one in declared(scan(path))], 2023)
    assert (found.found, found.expected, found.strangers, found.complete) == (199, 1400, 0, False)
    assert found.missing == tuple(f"ToyDrone/section_00_{n:04d}.wav" for n in range(3))
    assert str(found).endswith(
        "evaluation test set: not complete, 199 of 1,400 clips by name; missing are "
        "ToyDrone/section_00_0000.wav, ToyDrone/section_00_0001.wav, "
        "ToyDrone/section_00_0002.wav, ..."
    )
    assert official_test_sets([], 2023) == ()
    assert official_test_sets([], 2020) == ()


@pytest.mark.parametrize(("strangers", "complete"), [(0, True), (1, False)])
def test_strangers_are_counted(strangers: int, complete: bool) -> None:
    found = OfficialTestSet(2022, "evaluation", 5, 5, strangers)
    assert found.complete == complete
    assert ("that are not in it" in str(found)) != complete
