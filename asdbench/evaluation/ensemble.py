"""Scores of several rows put together: as arithmetic on arrays.

Shapes: P rows, N clips, M training clips.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from asdbench.evaluation.entries import MachineId
from asdbench.evaluation.metrics import Floats
from asdbench.evaluation.threshold import threshold


def standardised(
    scores_PN: Floats, ids: Sequence[MachineId], train_PM: Floats, train_ids: Sequence[MachineId]
) -> tuple[Floats, list[bool]]:
    """The mean of standardised scores (N,), and which clips are called anomalous.

    Each row's are standardised by mean and deviation of its training scores of the machine ID (of
    the machine type, or of all, where the ID has none); where these are all equal, only the mean is
    taken away. Decisions are made by the training clips' mean, as those of any row.
    """
    scores_N = np.empty(len(ids))
    decided = np.zeros(len(ids), dtype=bool)
    for one in dict.fromkeys(ids):
        here = [row for row, other in enumerate(ids) if other == one]
        known_PM = train_PM[:, kin(one, train_ids)]
        mean_P1 = known_PM.mean(axis=1, keepdims=True)
        spread_P1 = known_PM.std(axis=1, keepdims=True)
        spread_P1 = np.where(spread_P1 > 0, spread_P1, 1.0)
        scores_N[here] = ((scores_PN[:, here] - mean_P1) / spread_P1).mean(axis=0)
        limit = threshold(((known_PM - mean_P1) / spread_P1).mean(axis=0))
        decided[here] = scores_N[here] > limit
    return scores_N, decided.tolist()


def ranked(scores_PN: Floats, ids: Sequence[MachineId]) -> Floats:
    """The mean of ranks (N,), from 0 to 1, among the clips of each machine ID; equal ones share."""
    from scipy.stats import rankdata

    scores_N = np.empty(len(ids))
    for one in dict.fromkeys(ids):
        here = [row for row, other in enumerate(ids) if other == one]
        scores_N[here] = (rankdata(scores_PN[:, here], axis=1) / len(here)).mean(axis=0)
    return scores_N


def kin(asked: tuple[str, str], ids: Sequence[tuple[str, str]]) -> list[int]:
    """The rows of a machine ID; of its machine type, or all, where that has none."""
    same_id = [row for row, one in enumerate(ids) if one == asked]
    same_type = [row for row, one in enumerate(ids) if one[0] == asked[0]]
    return same_id or same_type or [*range(len(ids))]
