"""The AUC over all clips of a machine type, and its variance, against repeated sampling."""

from __future__ import annotations

import numpy as np
import pytest

from asdbench.evaluation.entries import Entry, MachineId, Scored
from asdbench.evaluation.metrics import auc
from asdbench.evaluation.on_id import OnId
from asdbench.evaluation.pooled import pooled
from asdbench.evaluation.repeats import Repeats

IDS = [MachineId("fan", "00"), MachineId("fan", "02")]
LABELS = np.arange(60) < 30


def drawn(rng: np.random.Generator) -> list[np.ndarray]:
    """Scores of two IDs, the second at a higher level."""
    return [rng.standard_normal(60) + LABELS + level for level in (0.0, 1.0)]


def test_it_throws_ids_together_and_varies_as_new_clips_of_each_id_do() -> None:
    rng = np.random.default_rng(0)
    found = []
    for _ in range(30):
        scores = drawn(rng)
        ids = {i: Scored(LABELS, one[None]) for i, one in zip(IDS, scores, strict=True)}
        entry = Entry({}, [0], None, ids)
        unit = pooled([OnId("development", i, [entry]) for i in IDS], [Repeats("a", (0,))])
        together = auc(np.concatenate([LABELS, LABELS]), np.concatenate(scores))
        assert unit.measured[0] == pytest.approx([together])
        found.append(unit.fits[0, 0])
    every = [auc(np.concatenate([LABELS, LABELS]), np.concatenate(drawn(rng))) for _ in range(2000)]
    assert np.mean(found) == pytest.approx(np.var(every), rel=0.12)


def test_a_row_without_an_id_pools_what_it_has() -> None:
    first, second = (one[None] for one in drawn(np.random.default_rng(1)))
    whole = Entry({}, [0], None, {IDS[0]: Scored(LABELS, first), IDS[1]: Scored(LABELS, second)})
    part = Entry({}, [0], None, {IDS[1]: Scored(LABELS, second)})
    ids = [OnId("development", of_id, [whole, part]) for of_id in IDS]
    unit = pooled(ids, [Repeats("a", (0,)), Repeats("b", (0,))])
    assert unit.measured[1] == pytest.approx([auc(LABELS, second[0])])
    assert unit.fits[1, 1] > unit.fits[0, 0]
    assert unit.fits[0, 1] > 0
