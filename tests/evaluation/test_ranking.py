"""Rows ranked and compared: order, places, letters, P(best) and pairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest

from asdbench.evaluation.entries import Entry, MachineId, Scored
from asdbench.evaluation.figures import ALPHA, FIGURES, QUESTIONS, RANKS, Pair, Row
from asdbench.evaluation.ranking import compared, question_of

Make = Callable[..., Scored]
MakeEntry = Callable[..., Entry]
FANS = [MachineId("fan", f"0{number}") for number in range(8)]
DEMO = [MachineId(kind, f"0{n}") for kind in ("fan", "pump", "slider", "valve") for n in range(3)]


def simulated(
    quality: dict[str, float],
    *,
    repeats: int = 1,
    seeds: float = 0.0,
    ids: Sequence[MachineId] = DEMO,
    clips: int = 18,
    start: int = 0,
) -> list[Entry]:
    """Rows whose anomalies lie so far above normal clips; a seed moves all IDs of a repeat."""
    rng = np.random.default_rng(start)
    labels = np.arange(2 * clips) >= clips
    shared = {of_id: 0.8 * rng.standard_normal(len(labels)) for of_id in ids}
    made = []
    for label, distance in quality.items():
        moved = distance + seeds * rng.standard_normal((repeats, 1))
        found = {
            of_id: Scored(
                labels, noise + 0.6 * rng.standard_normal((repeats, len(labels))) + labels * moved
            )
            for of_id, noise in shared.items()
        }
        record = {"label": label, "method": label, "summary": "", "origin": {"kind": "run"}}
        made.append(Entry({**record, "repeats": [[]] * repeats}, range(repeats), 1.0, found))
    return made


def of_figure(pairs: Sequence[Pair], figure: str = RANKS) -> list[Pair]:
    return [pair for pair in pairs if pair.figure == figure]


def test_rows_are_ranked_by_their_figure_and_equal_ones_by_label(
    scored: Make, entry: MakeEntry
) -> None:
    wins = {"worst": 1, "best": 4, "tie b": 2, "tie a": 2}
    entries = [entry(label, {FANS[0]: scored(count)}, [0]) for label, count in wins.items()]
    clips = entries[-1].ids[FANS[0]]  # of "tie a": as good, but other scores
    entries[-1] = replace(entries[-1], ids={FANS[0]: replace(clips, scores=2 * clips.scores)})
    rows, pairs = compared("development", entries)
    assert [row.label for row in rows] == ["best", "tie a", "tie b", "worst"]
    assert [row.places for row in rows] == [[1], [2], [2], [4]]
    assert {row.subset for row in rows} == {pair.subset for pair in pairs} == {"development"}
    found = of_figure(pairs)
    assert [(pair.first, pair.second) for pair in found] == list(
        combinations(["best", "tie a", "tie b", "worst"], 2)
    )
    assert (found[3].difference, found[3].flips) == (0, None)
    assert {pair.figure for pair in pairs} == set(FIGURES)


def test_pairs_weigh_as_the_ranking_does() -> None:
    """Three fans on which one row is better and a pump on which it is as much worse."""
    ids = [*FANS[:3], MachineId("pump", "00")]
    better = simulated({"a": 1.6}, ids=ids[:3]) + simulated({"a": 0.4}, ids=ids[3:])
    worse = simulated({"b": 1.2}, ids=ids[:3]) + simulated({"b": 1.8}, ids=ids[3:])
    entries = [replace(one, ids={**one.ids, **other.ids}) for one, other in (better, worse)]
    rows, pairs = compared("development", entries)
    first, second = rows
    for figure in FIGURES:
        [pair] = of_figure(pairs, figure)
        assert pair.difference >= 0
        expected = abs(getattr(first, figure).mean - getattr(second, figure).mean)
        assert pair.difference == pytest.approx(expected)


def test_pairs_are_compared_on_the_ids_that_both_have_the_better_there_first() -> None:
    """The row that is worse on all of its IDs is the better one on the ID they share."""
    easy, hard = simulated({"a": 3.0, "b": 0.1}, ids=FANS[:4]), simulated({"b": 0.5}, ids=FANS[4:])
    only_easy, both = easy[0], replace(easy[1], ids={**easy[1].ids, **hard[0].ids})
    only_easy = replace(only_easy, ids={**dict([*only_easy.ids.items()][:1]), **hard[0].ids})
    _, pairs = compared("development", [only_easy, both])
    [pair] = of_figure(pairs)
    assert pair.n == 5
    assert (pair.first, pair.difference > 0) == ("a", True)


def test_rows_without_a_common_id_are_no_pair() -> None:
    apart = simulated({"a": 1.0}, ids=FANS[:4]) + simulated({"b": 1.0}, ids=FANS[4:])
    rows, pairs = compared("development", apart)
    assert pairs == []
    assert [row.letters["clips"] for row in rows] == ["a", "a"]


def test_only_repeats_that_all_rows_have_give_places_and_flips(
    scored: Make, entry: MakeEntry
) -> None:
    full = entry("full", {FANS[0]: scored(4, 1, 4)}, [0, 1, 2])
    late = entry("late", {FANS[0]: scored(2, 2)}, [1, 2])
    rows, pairs = compared("development", [full, late])
    assert [(row.label, row.places) for row in rows] == [("full", [2, 1]), ("late", [1, 2])]
    assert of_figure(pairs)[0].flips == 1


def test_a_row_has_the_same_figures_in_any_company() -> None:
    one, other = simulated({"one": 1.0, "other": 2.0}, repeats=2, seeds=0.1)
    [alone], _ = compared("development", [one])
    in_company = {row.label: row for row in compared("development", [one, other])[0]}
    assert in_company["one"].auc.mean == alone.auc.mean
    assert in_company["one"].auc.here.low == pytest.approx(alone.auc.here.low)
    assert in_company["one"].machines.keys() == alone.machines.keys()


def test_a_single_row_is_the_best_of_nothing_and_has_no_pairs() -> None:
    [row], pairs = compared("evaluation", simulated({"a": 1.0}, repeats=2, seeds=0.1))
    assert (row.best["here"], row.letters["here"], row.places, pairs) == (None, "a", [1, 1], [])


def test_a_difference_of_five_seeds_that_means_nothing_is_not_told() -> None:
    """A seed moves all machine IDs of a repeat: twelve small equal differences are no evidence."""
    told = 0
    for start in range(20):
        entries = simulated({"a": 1.2, "b": 1.2}, repeats=5, seeds=0.15, clips=60, start=start)
        rows, _ = compared("development", entries)
        told += len({row.letters["here"] for row in rows}) > 1
    assert told <= 4  # 1 in 20, and chance


def test_two_names_of_one_row_are_compared_as_one() -> None:
    """A row tuned to its default, and an import of a row's own scores."""
    a, b = simulated({"a": 1.2, "b": 1.0}, repeats=2, seeds=0.1)
    record = {**a.record, "label": "Tuned", "origin": {"kind": "tuned"}}
    imported = {**a.record, "label": "Import", "origin": {"kind": "import"}}
    names = [replace(a, record=imported), replace(a, record=record, seconds=9.0)]
    alone, its_pairs = compared("development", [a, b])
    rows, pairs = compared("development", [*names, a, b])
    assert pairs == its_pairs
    assert [(row.label, row.same_as) for row in rows if row.label != "b"] == [
        ("a", None),
        ("Import", "a"),
        ("Tuned", "a"),
    ]
    for row in rows:
        one = alone[0 if row.label != "b" else 1]
        assert (row.best, row.letters, row.places) == (one.best, one.letters, one.places)
    assert rows[1].remarks == ["the same scores as a, and compared as one row with it"]


def test_one_repeat_tells_plain_differences_of_these_fits_and_none_of_other_seeds() -> None:
    """Far apart, five rows and 12 IDs: with one repeat, clips alone can tell them apart."""
    quality = {"a": 1.6, "b": 1.55, "c": 0.9, "d": 0.85, "e": 0.1}
    rows, pairs = compared("development", simulated(quality))
    assert question_of(rows) == "clips"
    first, last = rows[0], rows[-1]
    assert not set(first.letters["clips"]) & set(last.letters["clips"])
    assert first.mean_auc_pauc.clips.low > last.mean_auc_pauc.clips.high
    assert last.best["clips"] < 0.01
    for row in rows:
        assert (row.seeds, row.letters["here"], row.best["here"]) == ("unknown", None, None)
    assert all(pair.here is None and pair.clips for pair in pairs)


def test_among_rows_with_repeats_one_without_has_no_letter() -> None:
    many = simulated({"a": 2.0, "b": 0.5, "c": 0.4}, repeats=3, seeds=0.05)
    lone = replace(
        many[0],
        complete=[0],
        record={**many[0].record, "label": "lone"},
        ids={i: Scored(one.anomalous, one.scores[:1]) for i, one in many[0].ids.items()},
    )
    rows, _ = compared("development", [*many, lone])
    letters = {row.label: row.letters["here"] for row in rows}
    assert letters == {"a": "a", "b": "b", "c": "b", "lone": None}
    assert question_of(rows) == "here"
    assert sum(row.best["here"] or 0 for row in rows) == pytest.approx(1)


def test_a_row_that_alone_could_answer_has_nothing_to_be_told_from() -> None:
    lone = simulated({"a": 2.0, "b": 0.5})
    fixed = replace(lone[0], record={**lone[0].record, "deterministic": True})
    rows, _ = compared("development", [fixed, lone[1]])
    assert [row.seeds for row in rows] == ["none", "unknown"]
    assert [row.letters["here"] for row in rows] == [None, None]
    assert [row.best["here"] for row in rows] == [None, None]
    assert question_of(rows) == "clips"


@pytest.mark.parametrize("repeats", [2, 3, 5])
@pytest.mark.parametrize("seeds", [0.0, 0.1, 0.4])
def test_letters_p_best_and_intervals_do_not_contradict_each_other(
    repeats: int, seeds: float
) -> None:
    quality = {name: 0.5 + place / 4 for place, name in enumerate("abcdef")}
    rows, pairs = compared("development", simulated(quality, repeats=repeats, seeds=seeds))
    by_label = {row.label: row for row in rows}
    for pair in of_figure(pairs):
        better, worse = by_label[pair.first], by_label[pair.second]
        _agree(pair, better, worse)
    for one, other in pairwise(QUESTIONS):
        for pair in pairs:
            inner, outer = getattr(pair, one), getattr(pair, other)
            if inner and outer and not outer.p < ALPHA / 100 < inner.p:
                assert outer.high - outer.low >= 0.95 * (inner.high - inner.low)
                assert outer.p >= inner.p


def _agree(pair: Pair, better: Row, worse: Row) -> None:
    for question in QUESTIONS:
        found = getattr(pair, question)
        apart = not set(better.letters[question]) & set(worse.letters[question])
        assert apart == (found.corrected < ALPHA)
        if apart:
            assert found.low > 0
            assert worse.best[question] < ALPHA
    if not set(better.letters["elsewhere"]) & set(worse.letters["elsewhere"]):
        assert pair.here.p < ALPHA
