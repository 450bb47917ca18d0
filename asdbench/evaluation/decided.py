"""Precision, recall, F1 and specificity of one machine ID, where rows have decisions.

Shapes: N clips, C columns (every repeat of the rows with decisions), B resamples.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from asdbench.evaluation.metrics import Floats
from asdbench.evaluation.on_id import OnId
from asdbench.evaluation.protocols import DECIDED
from asdbench.evaluation.repeats import Repeats
from asdbench.evaluation.sampled import Grain, OnUnit, covariance, on_unit


def decided(one: OnId, repeats: Sequence[Repeats]) -> Iterator[tuple[str, OnUnit]]:
    """Each of ``DECIDED``; a row without decisions lacks the ID in them."""
    rows = [
        (row, clips.decided)
        for row, clips in zip(one.rows, one.clips, strict=True)
        if clips.decided is not None
    ]
    if not rows:
        return
    found_CN = np.concatenate([decisions for _, decisions in rows]).astype(float)
    values = _figures(found_CN, one.labels.astype(float), np.ones((len(one.labels), 1)))
    resampled = _figures(found_CN, one.labels.astype(float), one.counts)
    ends = np.cumsum([len(decisions) for _, decisions in rows])[:-1]
    grain = Grain.of(1, min(one.normal, one.anomalous))
    for name, at, drawn in zip(DECIDED, values, resampled, strict=True):
        of_rows = dict(zip((row for row, _ in rows), np.split(at[:, 0], ends), strict=True))
        unit = on_unit(
            [of_rows.get(row) for row in range(one.count)],
            repeats,
            covariance(drawn) * one.few,
            bias=drawn.mean(axis=1) - at[:, 0],
            grain=grain,
            freedom=one.freedom,
        )
        yield name, unit


def _figures(found_CN: Floats, labels: Floats, counts_NB: Floats) -> tuple[Floats, ...]:
    """Each of ``DECIDED`` (C, B) of clips that are there so often; 0 where none is found."""
    right_CB = (found_CN * labels) @ counts_NB
    called_CB = found_CN @ counts_NB
    anomalous_B = labels @ counts_NB
    normal_B = (1 - labels) @ counts_NB
    precision = np.divide(right_CB, called_CB, out=np.zeros_like(right_CB), where=called_CB > 0)
    recall = right_CB / anomalous_B
    f1 = 2 * right_CB / (called_CB + anomalous_B)
    return precision, recall, f1, 1 - (called_CB - right_CB) / normal_B
