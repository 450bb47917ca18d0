"""How wrong a row is about each clip of a machine ID: pure functions.

Shapes: R repeats, N clips of a machine ID.
"""

from __future__ import annotations

import numpy as np

from asdbench.evaluation.entries import Scored
from asdbench.evaluation.metrics import Floats


def percentiles(scored: Scored) -> Floats:
    """Where each clip lies among those of the other label (R, N): the share that scores lower.

    Of an anomalous clip, 1 is above all of its ID's normal test clips. Of a normal one, 0 is below
    all anomalous ones. Clips with the same score count half.
    """
    found_RN = np.empty(scored.scores.shape)
    for scores_N, places_N in zip(scored.scores, found_RN, strict=True):
        for label in (True, False):
            mine_N = scored.anomalous == label
            others = np.sort(scores_N[~mine_N])
            below = np.searchsorted(others, scores_N[mine_N], "left")
            not_above = np.searchsorted(others, scores_N[mine_N], "right")
            places_N[mine_N] = (below + not_above) / 2 / len(others)
    return found_RN


def wrongness(percentiles_RN: Floats, scored: Scored) -> Floats:
    """How wrong each clip is (N,), from 0 to 1: the share of the clips of the other label that lie
    on its wrong side, mean over repeats. The mean over an ID's clips of a label is 1 - AUC.
    """
    share_N = percentiles_RN.mean(axis=0)
    found_N: Floats = np.where(scored.anomalous, 1 - share_N, share_N)
    return found_N
