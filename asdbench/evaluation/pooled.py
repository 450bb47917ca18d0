"""One AUC over all clips of a machine type, whatever their ID."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from asdbench.evaluation import metrics
from asdbench.evaluation.metrics import Floats
from asdbench.evaluation.on_id import OnId
from asdbench.evaluation.repeats import Repeats
from asdbench.evaluation.sampled import Grain, OnUnit, on_unit


def pooled(ids: Sequence[OnId], repeats: Sequence[Repeats]) -> OnUnit:
    """One AUC over all clips of a machine type, and its covariance between rows.

    That is made of the clips' shares in it (DeLong, DeLong and Clarke-Pearson, "Comparing the areas
    under two or more correlated receiver operating characteristic curves", 1988); each ID's clips
    are drawn apart. Rows that lack an ID are apart from those that have it.
    """
    values: list[Floats | None] = []
    shares: list[Floats] = []
    for row in range(ids[0].count):
        here = [one for one in ids if row in one.rows]
        if not here:
            values.append(None)
            continue
        labels = np.concatenate([one.labels for one in here])
        scores = np.hstack([one.clips[one.rows.index(row)].scores for one in here])
        values.append(np.array([metrics.auc(labels, of_repeat) for of_repeat in scores]))
        ends = np.cumsum([len(one.labels) for one in here])[:-1]
        placed = np.array([metrics.placements(labels, of_repeat) for of_repeat in scores])
        parts = iter(np.split(placed / _count_of_class(labels), ends, axis=1))
        shares.append(
            np.hstack(
                [
                    _centred(next(parts), one.labels)
                    if row in one.rows
                    else np.zeros((len(scores), len(one.labels)))
                    for one in ids
                ]
            )
        )
    every = np.concatenate(shares)
    normal, anomalous = (sum(getattr(one, name) for one in ids) for name in ("normal", "anomalous"))
    return on_unit(
        values,
        repeats,
        every @ every.T,
        bias=np.zeros(len(every)),
        grain=Grain.of(normal, anomalous),
        freedom=sum(one.freedom for one in ids),
    )


def _count_of_class(labels: NDArray[np.bool_]) -> Floats:
    """How many clips have the label of each."""
    counts: Floats = np.where(labels, labels.sum(), (~labels).sum()).astype(float)
    return counts


def _centred(shares: Floats, labels: NDArray[np.bool_]) -> Floats:
    """Less the mean of the clips with the same label."""
    found = np.empty_like(shares)
    for label in (True, False):
        of_label = shares[:, labels == label]
        found[:, labels == label] = of_label - of_label.mean(axis=1, keepdims=True)
    return found
