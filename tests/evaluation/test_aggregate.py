"""Rows made of measured entries, against figures worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from unittest.mock import ANY

import numpy as np
import pytest

from asdbench.evaluation.aggregate import row_of
from asdbench.evaluation.entries import Entry, MachineId, Scored
from asdbench.evaluation.figures import Row, Spread
from asdbench.evaluation.measure import measured

FAN_00, FAN_02, PUMP_04 = MachineId("fan", "00"), MachineId("fan", "02"), MachineId("pump", "04")


def spread(mean: float, sd: float | None, values: Sequence[float]) -> Spread:
    return Spread(
        mean=pytest.approx(mean, abs=1e-12),
        sd=None if sd is None else pytest.approx(sd, abs=1e-12),
        values=pytest.approx(tuple(values), abs=1e-12),
        here=ANY,
        elsewhere=ANY,
        clips=ANY,
    )


def sd(a: float, b: float) -> float:
    return abs(a - b) / math.sqrt(2)  # n - 1


def row(entry: Entry) -> Row:
    told = {"best": {"here": 0.25}, "letters": {"here": "ab"}, "places": [2]}
    return row_of("development", measured("development", [entry]), 0, **told)


@pytest.fixture(scope="module")
def two_types(scored: Callable[..., Scored], entry: Callable[..., Entry]) -> Row:
    """2 of 3 repeats; the fan's IDs win 4 and 2 of 4, then 3 and 4; the pump's one ID 1, then 2."""
    ids = {FAN_00: scored(4, 3), FAN_02: scored(2, 4), PUMP_04: scored(1, 2)}
    return row(entry("wide", ids, [0, 2]))


def test_ids_then_types_then_repeats(two_types: Row) -> None:
    fan, pump = two_types.machines["fan"], two_types.machines["pump"]
    assert fan.ids["00"].auc == spread(0.875, sd(1, 0.75), [1, 0.75])
    assert fan.ids["02"].auc == spread(0.75, sd(0.5, 1), [0.5, 1])
    assert fan.auc == spread(0.8125, sd(0.75, 0.875), [0.75, 0.875])
    assert pump.auc == spread(0.375, sd(0.25, 0.5), [0.25, 0.5])
    # Each machine type counts the same, however many IDs it has.
    assert two_types.auc == spread(0.59375, sd(0.5, 0.6875), [0.5, 0.6875])


def test_the_worst_id_is_that_of_each_repeat(two_types: Row) -> None:
    assert two_types.machines["fan"].mauc == spread(0.625, sd(0.5, 0.75), [0.5, 0.75])
    assert two_types.mauc == spread(0.5, sd(0.375, 0.625), [0.375, 0.625])


def test_what_the_row_is_of_is_told(two_types: Row) -> None:
    told = two_types.label, two_types.method, two_types.summary, two_types.subset
    assert told == ("wide", "knn", "Neighbours.", "development")
    assert (two_types.repeats, two_types.planned, two_types.seconds) == (2, 3, 1.5)
    assert (two_types.best, two_types.letters) == ({"here": 0.25}, {"here": "ab"})
    assert two_types.places == [2]
    of_id = two_types.machines["fan"].ids["00"]
    assert (of_id.normal, of_id.anomalous) == (4, 1)
    assert sum(of_id.scores.anomalous) == 1  # of the first repeat alone
    assert of_id.roc[0] == 0.5  # on top in one of two repeats


@pytest.fixture
def noisy(entry: Callable[..., Entry]) -> Callable[..., Entry]:
    """Makes an entry of these IDs with 20 clips each and seeds of its own."""

    def make(ids: Sequence[MachineId], complete: Sequence[int], **record: object) -> Entry:
        rng = np.random.default_rng(7)
        labels = np.arange(20) < 10
        found = {
            of_id: Scored(labels, rng.standard_normal((len(complete), 20)) + labels)
            for of_id in ids
        }
        made = entry("noisy", found, complete)
        return replace(made, record={**made.record, **record})

    return make


FANS = [MachineId("fan", f"{number:02}") for number in range(5)]


def test_other_ids_have_an_interval_where_enough_of_them_tell_how_they_differ(
    noisy: Callable[..., Entry],
) -> None:
    many = row(noisy([*FANS, PUMP_04], [0, 1]))
    fan = many.machines["fan"]
    for figure in (many.auc, fan.pauc, fan.mean_auc_pauc):
        assert figure.here is not None
        assert figure.elsewhere is not None
        wide = figure.elsewhere.high - figure.elsewhere.low
        assert wide >= figure.here.high - figure.here.low
    for figure in (many.machines["pump"].auc, fan.ids["00"].auc, many.mauc, many.pooled_auc):
        assert figure.here is not None
        assert figure.elsewhere is None
    assert row(noisy(FANS[:3], [0, 1])).auc.elsewhere is None


def test_one_repeat_tells_nothing_of_seeds_unless_there_is_no_randomness(
    noisy: Callable[..., Entry],
) -> None:
    lone = row(noisy(FANS, [0]))
    assert lone.seeds == "unknown"
    assert lone.auc.clips is not None
    assert (lone.auc.here, lone.auc.elsewhere) == (None, None)
    declared = row(noisy(FANS, [0], deterministic=True))
    assert declared.seeds == "none"
    assert declared.auc.here == declared.auc.clips == lone.auc.clips
    assert declared.auc.elsewhere is not None


def test_equal_scores_under_all_seeds_are_no_randomness(entry: Callable[..., Entry]) -> None:
    scores = np.random.default_rng(0).standard_normal(20)
    same = {FAN_00: Scored(np.arange(20) < 10, np.array([scores, scores]))}
    assert row(entry("same", same, [0, 1])).seeds == "none"
    other = {FAN_00: Scored(np.arange(20) < 10, np.array([scores, scores[::-1]]))}
    assert row(entry("other", other, [0, 1])).seeds == "counted"


def test_a_single_clip_of_a_class_tells_nothing(two_types: Row) -> None:
    """Each ID of ``two_types`` has one anomalous clip."""
    spread = two_types.auc
    assert (spread.clips, spread.here, spread.elsewhere) == (None, None, None)


def test_one_repeat_has_no_deviation(
    scored: Callable[..., Scored], entry: Callable[..., Entry]
) -> None:
    made = row(entry("a", {FAN_00: scored(3)}, [0]))
    assert made.auc == spread(0.75, None, [0.75])
    assert made.machines["fan"].ids["00"].pauc.sd is None


def test_pooled_auc_throws_the_ids_together(entry: Callable[..., Entry]) -> None:
    # Each ID ranks perfectly at its own level; together 00's anomaly loses to 02's normal clips.
    labels = np.array([False, False, True])
    ids = {
        FAN_00: Scored(labels, np.array([[0.0, 1.0, 2.0]])),
        FAN_02: Scored(labels, np.array([[10.0, 11.0, 12.0]])),
    }
    made = row(entry("a", ids, [0]))
    assert made.auc.mean == 1
    assert made.pooled_auc.mean == pytest.approx(6 / 8)
