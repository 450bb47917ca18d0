"""One machine ID's figures, and how they vary with its clips, against repeated sampling."""

from __future__ import annotations

import numpy as np
import pytest

from asdbench.evaluation.entries import Entry, MachineId, Scored
from asdbench.evaluation.metrics import auc
from asdbench.evaluation.on_id import OnId, worst
from asdbench.evaluation.repeats import Repeats

FAN_00, FAN_02 = MachineId("fan", "00"), MachineId("fan", "02")
LABELS = np.arange(200) < 100


def on_id(*scores: np.ndarray | None, of_id: MachineId = FAN_00) -> OnId:
    """Of rows with these scores (R, N); None for a row that lacks the ID."""
    entries = [
        Entry({}, range(len(one)) if one is not None else [0], None, {})
        if one is None
        else Entry({}, range(len(one)), None, {of_id: Scored(LABELS, one)})
        for one in scores
    ]
    return OnId("development", of_id, entries)


def test_variances_and_covariances_are_those_of_new_clips() -> None:
    """Two systems whose scores of a clip go together, drawn 1,500 times."""
    rng = np.random.default_rng(0)

    def drawn() -> tuple[np.ndarray, np.ndarray]:
        clips = rng.standard_normal(200)
        return tuple(
            (0.8 * clips + 0.6 * rng.standard_normal(200) + 1.2 * LABELS)[None] for _ in range(2)
        )

    repeats = [Repeats("a", (0,)), Repeats("b", (0,))]
    found = np.mean([dict(on_id(*drawn()).figures(repeats))["auc"].fits for _ in range(20)], axis=0)
    true = np.cov([[auc(LABELS, one[0]) for one in drawn()] for _ in range(1500)], rowvar=False)
    assert found == pytest.approx(true, rel=0.15)


def test_small_samples_have_pauc_too_high_by_what_resamples_say() -> None:
    rng = np.random.default_rng(0)
    scores = rng.standard_normal((1, 200)) + LABELS
    few = np.flatnonzero(np.arange(200) % 100 < 18)
    entry = Entry({}, [0], None, {FAN_00: Scored(LABELS[few], scores[:, few])})
    found = dict(OnId("development", FAN_00, [entry]).figures([Repeats("a", (0,))]))
    assert found["pauc"].bias[0] > 0.005
    assert abs(found["auc"].bias[0]) < 0.005


def test_the_worst_id_is_that_of_each_repeat() -> None:
    rng = np.random.default_rng(0)
    good, bad = rng.standard_normal((2, 2, 200))
    good[0] += 2 * LABELS
    bad[1] += 2 * LABELS
    ids = [on_id(good), on_id(bad, of_id=FAN_02)]
    found = worst(ids, [Repeats("a", (0, 1))])
    expected = [min(auc(LABELS, g), auc(LABELS, b)) for g, b in zip(good, bad, strict=True)]
    assert found.measured[0] == pytest.approx(expected)


def test_a_row_without_the_id_has_nothing_on_it() -> None:
    scores = np.random.default_rng(0).standard_normal((1, 200))
    one = on_id(None, scores)
    assert one.by_row(one.values[0])[0] is None
    unit = dict(one.figures([Repeats("a", (0,)), Repeats("b", (0,))]))["auc"]
    assert unit.measured[0] is None
    assert (unit.fits[0] == 0).all()
    assert unit.fits[1, 1] > 0
