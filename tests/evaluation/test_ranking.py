"""Rows ranked and compared: order, places, letters and pairs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from asdbench.evaluation.measure import Entry, MachineId, Scored
from asdbench.evaluation.ranking import compared

Make = Callable[..., Scored]
MakeEntry = Callable[..., Entry]
FANS = [MachineId("fan", f"0{number}") for number in range(8)]


def test_rows_are_ranked_by_their_figure_and_equal_ones_by_label(
    scored: Make, entry: MakeEntry
) -> None:
    wins = {"worst": 1, "best": 4, "tie b": 2, "tie a": 2}
    entries = [entry(label, {FANS[0]: scored(count)}, [0]) for label, count in wins.items()]
    rows, pairs = compared("development", entries)
    assert [row.label for row in rows] == ["best", "tie a", "tie b", "worst"]
    assert [row.places for row in rows] == [[1], [2], [2], [4]]
    assert {row.subset for row in rows} == {pair.subset for pair in pairs} == {"development"}
    assert [(pair.first, pair.second) for pair in pairs] == [
        ("best", "tie a"),
        ("best", "tie b"),
        ("best", "worst"),
        ("tie a", "tie b"),
        ("tie a", "worst"),
        ("tie b", "worst"),
    ]
    tied = pairs[3]
    assert (tied.difference, tied.p, tied.flips) == (0, 1, None)
    assert sum(row.best for row in rows) == pytest.approx(1)


def test_pairs_are_tested_on_the_ids_that_both_have(scored: Make, entry: MakeEntry) -> None:
    best = entry("best", {of_id: scored(4) for of_id in FANS}, [0])
    worst = entry("worst", {of_id: scored(1) for of_id in FANS[2:]}, [0])
    rows, [pair] = compared("development", [worst, best])
    assert (pair.first, pair.n, pair.effect) == ("best", 6, 1)
    # AUC 1 and pAUC 1 against AUC 1 / 4 and pAUC 9 / 19, on every one of 6 IDs.
    assert pair.difference == pytest.approx(1 - (1 / 4 + 9 / 19) / 2)
    assert pair.p == pair.corrected == pytest.approx(2 / 2**6)
    assert [row.letters for row in rows] == ["a", "b"]  # 0.031 is below 0.05
    fewer = entry("worst", {of_id: scored(1) for of_id in FANS[3:]}, [0])
    rows, [pair] = compared("development", [fewer, best])
    assert pair.p == pytest.approx(2 / 2**5)
    assert [row.letters for row in rows] == ["a", "a"]  # 0.0625 is not


def test_letters_come_from_corrected_tests(scored: Make, entry: MakeEntry) -> None:
    every = {"good": 4, "also good": 4, "bad": 1}
    entries = [entry(n, {i: scored(wins) for i in FANS}, [0]) for n, wins in every.items()]
    rows, pairs = compared("development", entries)
    assert {row.label: row.letters for row in rows} == {"good": "a", "also good": "a", "bad": "b"}
    assert [pair.p for pair in pairs] == pytest.approx([1, 2 / 2**8, 2 / 2**8])
    # Holm: the two small ones times 3, the larger of them not less than the smaller.
    assert [pair.corrected for pair in pairs] == pytest.approx([1, 6 / 2**8, 6 / 2**8])


def test_only_repeats_that_all_rows_have_give_places_and_flips(
    scored: Make, entry: MakeEntry
) -> None:
    full = entry("full", {FANS[0]: scored(4, 1, 4)}, [0, 1, 2])
    late = entry("late", {FANS[0]: scored(2, 2)}, [1, 2])
    rows, [pair] = compared("development", [full, late])
    assert [(row.label, row.places) for row in rows] == [("full", [2, 1]), ("late", [1, 2])]
    assert pair.flips == 1


def test_a_row_has_the_same_figures_in_any_company(scored: Make, entry: MakeEntry) -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(20) < 10
    ids = {of_id: Scored(labels, rng.standard_normal((2, 20)) + labels) for of_id in FANS[:3]}
    one = entry("one", ids, [0, 1])
    better = Scored(labels, ids[FANS[0]].scores + labels)
    other = entry("other", {FANS[0]: better, FANS[7]: scored(4, 4)}, [0, 1])
    [alone], _ = compared("development", [one])
    in_company = {row.label: row for row in compared("development", [one, other])[0]}
    assert in_company["one"].auc == alone.auc
    assert in_company["one"].machines == alone.machines


def test_a_single_row_is_the_best_and_has_no_pairs(scored: Make, entry: MakeEntry) -> None:
    [row], pairs = compared("evaluation", [entry("a", {FANS[0]: scored(2, 3)}, [0, 1])])
    assert (row.best, row.letters, row.places, pairs) == (1, "a", [1, 1], [])
