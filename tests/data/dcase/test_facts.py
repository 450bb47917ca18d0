"""What is known of DCASE Task 2, 2020 to 2026, without having it."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files

import pytest

from asdbench.data.dcase import facts
from asdbench.data.hashes import hash_test_set

ARCHIVES = {2020: 18, 2021: 21, 2022: 21, 2023: 21, 2024: 25, 2025: 23, 2026: 12}
KNOWN = [(2020, "development"), *((year, "evaluation") for year in range(2020, 2026))]


def test_the_facts_of_2020_are_those_of_the_challenge() -> None:
    evaluation = facts.official_test_clips(2020, "evaluation")
    development = facts.official_test_clips(2020, "development")
    assert len(evaluation) == 7103
    assert sum(truth.anomalous for truth in evaluation.values()) == 4544
    assert len(development) == 10_868
    assert len({(key.machine, key.id) for key in development}) == 23
    assert len({(key.machine, key.id) for key in [*development, *evaluation]}) == 41


def test_the_clips_of_the_later_years_are_all_there() -> None:
    clips = {year: facts.official_test_clips(year, "evaluation") for year in range(2021, 2026)}
    assert sum(map(len, clips.values())) == 17_635
    assert facts.official_test_clips(2026, "evaluation") == {}
    assert facts.official_test_clips(2023, "development") == {}


@pytest.mark.parametrize("year", [2022, 2024, 2025])
def test_each_domain_and_label_has_as_many_clips_as_the_year_says(year: int) -> None:
    clips = facts.official_test_clips(year, "evaluation")
    counts = Counter((key.machine, key.id, t.domain, t.anomalous) for key, t in clips.items())
    assert set(counts.values()) == {facts.YEARS[year].test}
    assert {(machine, id) for machine, id, *_ in counts} == facts.ids(year, "evaluation")


@pytest.mark.parametrize("year", facts.YEARS)
def test_the_archives_are_of_the_years_machine_types(year: int) -> None:
    archives = facts.archives(year)
    assert len(archives) == len({archive.name for archive in archives}) == ARCHIVES[year]
    for archive in archives:
        assert archive.machine in facts.YEARS[year].types[archive.subset]
        assert archive.machine in archive.name
        assert bool(archive.md5) == (year == 2020)
    for subset in facts.SUBSETS:
        of_subset = {archive.machine for archive in archives if archive.subset == subset}
        assert of_subset == set(facts.YEARS[year].types[subset])


def test_the_sums_of_2020_are_all_different() -> None:
    assert len({archive.md5 for archive in facts.archives(2020)}) == 18


def test_a_machine_id_belongs_to_one_subset_or_to_none() -> None:
    assert facts.subset_of(2020, "fan", "00") == "development"
    assert facts.subset_of(2020, "fan", "01") == "evaluation"
    assert facts.subset_of(2020, "fan", "09") is None
    assert facts.subset_of(2020, "press", "00") is None
    assert facts.subset_of(2021, "fan", "03") == "evaluation"
    assert facts.subset_of(2023, "bandsaw", "00") == "evaluation"


def test_labels_are_known_of_the_evaluation_clips_of_an_id_and_can_not_be_changed() -> None:
    labels = facts.evaluation_labels(2020, "fan", "01")
    assert {truth.anomalous for truth in labels.values()} == {True, False}
    assert all(name.startswith("id_01_") for name in labels)
    assert facts.evaluation_labels(2020, "fan", "00") == {}
    with pytest.raises(TypeError):
        labels["id_01_00000000.wav"] = facts.Truth(True)  # type: ignore[index]


@pytest.mark.parametrize(("year", "subset"), KNOWN)
def test_the_hash_of_a_test_set_is_that_of_its_clips(year: int, subset: str) -> None:
    clips = facts.official_test_clips(year, subset)
    entries = [(*key, truth.anomalous) for key, truth in clips.items()]
    assert facts.official_test_set(year, subset) == hash_test_set(entries[::-1])
    assert facts.official_test_set(year, subset) != hash_test_set(entries[1:])


def test_a_test_set_that_is_not_known_has_no_hash() -> None:
    assert facts.official_test_set(2026, "evaluation") is None


def test_the_tables_are_small() -> None:
    tables = [file for file in files(facts.__name__).iterdir() if file.name.endswith(".csv")]
    assert sum(len(table.read_bytes()) for table in tables) < 300_000
