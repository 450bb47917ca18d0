"""Precision, recall and F1 of decisions, and how they vary."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sections import entry, sections
from sklearn.metrics import f1_score, precision_score, recall_score

from asdbench.evaluation.decided import decided
from asdbench.evaluation.entries import Entry, MachineId, Scored
from asdbench.evaluation.on_id import OnId
from asdbench.evaluation.protocols import DECIDED
from asdbench.evaluation.ranking import compared
from asdbench.evaluation.repeats import Repeats

FAN = MachineId("fan", "00")


def above(threshold: float) -> dict[MachineId, Scored]:
    return {
        of_id: replace(one, decided=one.scores > threshold) for of_id, one in sections(0.8).items()
    }


def test_they_are_those_of_scikit_learn_and_averaged_over_ids_and_types() -> None:
    ids = above(0.9)
    [row], _ = compared("development", [entry("knn", ids)])
    one = ids[FAN]
    assert one.decided is not None
    of_id = row.machines["fan"].ids["00"].more
    for figure, expected in (
        ("precision", precision_score),
        ("recall", recall_score),
        ("f1", f1_score),
        ("specificity", lambda true, found: recall_score(~true, ~found)),
    ):
        values = [expected(one.anomalous, repeat) for repeat in one.decided]
        assert of_id[figure].values == pytest.approx(values, abs=1e-12)
    every = [f1_score(one.anomalous, one.decided[0]) for one in ids.values()]
    assert row.more["f1"].values[0] == pytest.approx(np.mean(every), abs=1e-12)
    assert row.more["f1"].here is not None
    assert row.more["f1"].here.low < row.more["f1"].mean < row.more["f1"].here.high


def test_who_finds_nothing_has_zero_and_no_error() -> None:
    [row], _ = compared("development", [entry("silent", above(100.0))])
    assert {row.more[figure].mean for figure in DECIDED[:-1]} == {0.0}
    assert row.more["specificity"].mean == 1.0


def test_a_row_without_decisions_lacks_them_and_the_others_keep_theirs() -> None:
    some, none = entry("some", above(0.9)), entry("none", sections(0.8))
    rows, pairs = compared("development", [some, none])
    by_label = {row.label: row for row in rows}
    assert by_label["none"].more == {}
    [alone], _ = compared("development", [some])
    assert by_label["some"].more["f1"].values == alone.more["f1"].values
    assert not [pair for pair in pairs if pair.figure in DECIDED]


def test_its_spread_is_that_of_clips_drawn_anew() -> None:
    ids = {FAN: above(0.9)[FAN]}
    made: Entry = entry("knn", ids)
    one = OnId("development", FAN, [made])
    units = dict(decided(one, [Repeats("knn", (0, 1))]))
    rng, labels = np.random.default_rng(0), ids[FAN].anomalous
    assert ids[FAN].decided is not None
    first = ids[FAN].decided[0]
    drawn = []
    for _ in range(500):
        again = np.concatenate(
            [rng.choice(np.flatnonzero(labels == label), 100) for label in (False, True)]
        )
        drawn.append(f1_score(labels[again], first[again]))
    # The mean of two repeats with scores of their own varies less than one of them.
    assert units["f1"].clips[0, 0] < np.var(drawn) < 4 * units["f1"].fits[0, 0]
