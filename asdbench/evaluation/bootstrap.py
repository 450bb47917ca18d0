"""AUC and pAUC had there been other test clips: pure functions of arrays.

Shapes: N clips of one machine ID, B resamples.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from asdbench.evaluation.metrics import MAX_FPR, Floats

RESAMPLES = 400  # for a standard deviation to 4 %
BLOCK = 400  # resamples at once: their arrays stay in the processor's cache


def resampled_clips(strata: ArrayLike, resamples: int, seed: int) -> Floats:
    """How often each clip is in each resample, (N, B).

    Clips of each stratum (normal, anomalous; where it counts, of each domain) are drawn apart, each
    as many as there are, with replacement.
    """
    of_clips = np.asarray(strata)
    counts = np.zeros((len(of_clips), resamples))
    rng = np.random.default_rng(seed)
    for places in (np.flatnonzero(of_clips == stratum) for stratum in np.unique(of_clips)):
        n = len(places)
        drawn = rng.integers(n, size=(n, resamples)) * resamples + np.arange(resamples)
        found = np.bincount(drawn.ravel(), minlength=n * resamples)
        counts[places] = found.reshape(n, resamples)
    return counts


def resampled_areas(
    anomalous: ArrayLike, scores: ArrayLike, counts: Floats, *, max_fpr: float = MAX_FPR
) -> tuple[Floats, Floats]:
    """AUC and standardised pAUC of one ID in each resample, (B,) each.

    The same as ``metrics.auc`` and ``metrics.pauc`` of clips repeated as often as ``counts`` (N, B)
    says, ties included. Every resample has the same order of scores, so one sort serves all: going
    down the normal clips, each adds a column as wide as its count and as high as the anomalies
    above it.
    """
    blocks = range(0, counts.shape[1], BLOCK)
    parts = [_areas(anomalous, scores, counts[:, b : b + BLOCK], max_fpr) for b in blocks]
    auc, pauc = zip(*parts, strict=True)
    return np.concatenate(auc), np.concatenate(pauc)


def _areas(
    anomalous: ArrayLike, scores: ArrayLike, counts: Floats, max_fpr: float
) -> tuple[Floats, Floats]:
    positive, values = np.asarray(anomalous, dtype=bool), np.asarray(scores, dtype=np.float64)
    falling = np.argsort(-values, kind="stable")
    anomalies, normals = falling[positive[falling]], falling[~positive[falling]]
    caught_AB = _totals_before(counts[anomalies])

    levels, starts = np.unique(-values[normals], return_index=True)
    width_LB = counts[normals]
    if len(levels) < len(normals):
        width_LB = np.add.reduceat(width_LB, starts, axis=0)
    above = np.searchsorted(-values[anomalies], levels, side="left")
    reached = np.searchsorted(-values[anomalies], levels, side="right")
    height_LB = caught_AB[above]
    ties = np.flatnonzero(reached > above)
    rise_TB = caught_AB[reached[ties]] - height_LB[ties]  # along a tie the curve is a slope

    whole = caught_AB[-1] * width_LB.sum(axis=0)
    area = np.einsum("lb,lb->b", width_LB, height_LB)
    area += np.einsum("tb,tb->b", width_LB[ties], rise_TB) / 2

    limit = max_fpr * width_LB.sum(axis=0)
    passed_LB = _totals_before(width_LB, until=limit)
    inside = len(passed_LB) - 1
    used_LB = np.clip(limit - passed_LB[:-1], 0, width_LB[:inside])
    part = np.einsum("lb,lb->b", used_LB, height_LB[:inside])
    ties_inside = ties[ties < inside]
    wide = width_LB[ties_inside]
    share = np.divide(used_LB[ties_inside], wide, out=np.zeros_like(wide), where=wide > 0)
    part += np.einsum("tb,tb,tb->b", used_LB[ties_inside], share, rise_TB[: len(ties_inside)]) / 2
    chance = max_fpr**2 / 2
    partial = 0.5 * (1 + (part / whole - chance) / (max_fpr - chance))
    return area / whole, partial


def _totals_before(rows: Floats, until: Floats | None = None) -> Floats:
    """Sums of the rows above each row, and of all: (n + 1, B); fewer once all reach ``until``."""
    totals = np.zeros((len(rows) + 1, rows.shape[1]))
    for index, row in enumerate(rows):
        np.add(totals[index], row, out=totals[index + 1])
        if until is not None and (totals[index + 1] >= until).all():
            return totals[: index + 2]
    return totals
