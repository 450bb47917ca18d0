"""Released labels apply where year and names leave no doubt."""

from __future__ import annotations

import pytest
from dcase_trees import development, evaluation

from asdbench.data.dcase import facts
from asdbench.data.dcase.facts import YEARS
from asdbench.data.folders.labels import truths
from asdbench.data.folders.recognised import scan


@pytest.mark.parametrize("year", range(2021, 2026))
def test_the_evaluation_clips_of_each_year(tree, year: int) -> None:
    machine = YEARS[year].types["evaluation"][0]
    found = truths(scan(tree(*development(year), *evaluation(year, machine))))
    assert found == {
        (machine, id): facts.evaluation_labels(year, machine, id)
        for id in YEARS[year].ids["evaluation"]
    }


def test_the_tree_settles_what_one_machine_type_leaves_open(tree) -> None:
    alone = tree(*evaluation(2024, "ToothBrush"), at="alone")
    assert truths(scan(alone)) == {}  # 2026 has it too, with names that may be the same
    assert truths(scan(alone, year=2024)).keys() == {("ToothBrush", "00")}
    beside = tree(*evaluation(2024, "ToothBrush"), *evaluation(2024, "Scanner"), at="beside")
    assert truths(scan(beside)).keys() == {("ToothBrush", "00"), ("Scanner", "00")}


def test_types_of_two_years_side_by_side_are_labelled_each_by_its_own(tree) -> None:
    path = tree(*evaluation(2023, "Vacuum"), *evaluation(2024, "HairDryer"))
    assert scan(path).years == ()
    assert truths(scan(path)).keys() == {("Vacuum", "00"), ("HairDryer", "00")}


def test_one_name_more_or_less_and_nothing_applies(tree) -> None:
    names = evaluation(2023, "Vacuum")
    assert truths(scan(tree(*names[:-1], at="less"))) == {}
    more = "eval_data/Vacuum/test/section_00_9999.wav"
    assert truths(scan(tree(*names, more, at="more"))) == {}
