"""How far figures can be trusted: pure functions of arrays.

Shapes: N clips of one machine ID, R repeats, I machine IDs, B resamples, M rows (methods).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from asdbench.config.imports import imported
from asdbench.config.seeds import derive
from asdbench.evaluation.metrics import MAX_FPR, Floats

RESAMPLES = 1000
LEVEL = 0.95
BLOCK = 500  # resamples at once: their arrays stay in the processor's cache


def resampled_clips(anomalous: ArrayLike, resamples: int, seed: int) -> Floats:
    """How often each clip is in each resample, (N, B).

    Normal and anomalous clips are drawn apart, each as many as there are, with replacement.
    """
    positive = np.asarray(anomalous, dtype=bool)
    counts = np.zeros((len(positive), resamples))
    rng = np.random.default_rng(seed)
    for places in (np.flatnonzero(~positive), np.flatnonzero(positive)):
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


def drawn(units: int, resamples: int, seed: int) -> Floats:
    """Weights of few units (repeats, machine IDs) in each resample, (units, B); columns add to 1.

    One fewer is drawn than there are: n of n would make the spread of n units too small by
    (n - 1) / n (Rao and Wu, "Resampling inference with complex survey data", 1988).
    """
    draws = max(units - 1, 1)
    rng = np.random.default_rng(seed)
    counts = rng.multinomial(draws, np.full(units, 1 / units), size=resamples)
    weights: Floats = counts.T / draws
    return weights


@dataclass(frozen=True)
class Areas:
    """A figure of one row: by repeat and machine ID, and in each resample of the clips.

    ``measured`` is (R, I), ``resampled`` (R, I, B), ``machines`` the machine type of each ID.
    """

    measured: Floats
    resampled: Floats
    machines: tuple[str, ...]

    @property
    def by_id(self) -> Floats:
        """The mean over repeats, (I,)."""
        means: Floats = self.measured.mean(axis=0)
        return means

    def pick(self, ids: Sequence[int]) -> Areas:
        """These IDs."""
        chosen = tuple(self.machines[i] for i in ids)
        return Areas(self.measured[:, ids], self.resampled[:, ids], chosen)


def means_on_these_ids(areas: Areas, repeats: Floats) -> Floats:
    """The mean over machine types of the mean over their IDs in each resample, (B,).

    Clips and repeats (weights ``repeats``, (R, B)) are drawn anew, machine IDs stay.
    """
    weights = equal_weights(areas.machines)
    return _unbiased(areas, np.einsum("rib,rb,i->b", areas.resampled, repeats, weights))


def means_on_new_ids(areas: Areas, repeats: Floats, ids: Floats) -> Floats:
    """The same with machine IDs drawn anew too, by weights ``ids`` (I, B): all three levels.

    The IDs' figures differ partly because each has few clips. That part is there a second time
    when clips are drawn, so the IDs are first moved towards their type's mean by as much (the
    reflated residuals of Carpenter, Goldstein and Rasbash, "A novel bootstrap procedure for
    assessing the relationship between class size and achievement", 2003, the other way round).
    """
    by_id = areas.by_id
    centre = np.empty_like(by_id)
    for here in _places(areas.machines).values():
        centre[here] = by_id[here].mean()
    moved = (_shrinkage(areas) - 1) * (by_id - centre)
    means = np.einsum("rib,rb,ib->b", areas.resampled, repeats, ids)
    return _unbiased(areas, means + moved @ ids)


def drawn_ids(machines: Sequence[str], resamples: int, seed: int) -> Floats:
    """Weights of machine IDs drawn anew within each machine type, (I, B); columns add to 1."""
    weights = np.empty((len(machines), resamples))
    places = _places(machines)
    for machine, here in places.items():
        weights[here] = drawn(len(here), resamples, derive(seed, machine)) / len(places)
    return weights


def interval(areas: Areas, means: Floats, *, new_ids: bool) -> tuple[float, float]:
    """The 95 % interval of the mean over repeats, machine types and IDs, within 0 and 1.

    Percentiles of the resampled means, widened from the normal to Student's t distribution:
    a few repeats or IDs tell little about their own spread. Degrees of freedom after
    Satterthwaite.
    """
    weights = equal_weights(areas.machines)
    parts = [(_variance_of_mean(areas.measured @ weights), len(areas.measured) - 1)]
    if new_ids:
        places = _places(areas.machines).values()
        share = (_shrinkage(areas) / len(places)) ** 2
        parts += [(share * _variance_of_mean(areas.by_id[here]), len(here) - 1) for here in places]
    variance = max(float(means.var()), sum(part for part, _ in parts))
    unsure = sum(part**2 / freedom for part, freedom in parts if freedom)
    freedom = variance**2 / unsure if unsure else np.inf
    stats = imported("scipy.stats")  # for a second: not for who only asks if a board is fresh

    tail = (1 - LEVEL) / 2
    wider = stats.t.ppf(1 - tail, freedom) / stats.norm.ppf(1 - tail)
    low, high = means.mean() + wider * (np.quantile(means, [tail, 1 - tail]) - means.mean())
    return max(0.0, float(low)), min(1.0, float(high))


def _totals_before(rows: Floats, until: Floats | None = None) -> Floats:
    """Sums of the rows above each row, and of all: (n + 1, B); fewer once all reach ``until``."""
    totals = np.zeros((len(rows) + 1, rows.shape[1]))
    for index, row in enumerate(rows):
        np.add(totals[index], row, out=totals[index + 1])
        if until is not None and (totals[index + 1] >= until).all():
            return totals[: index + 2]
    return totals


def _unbiased(areas: Areas, means: Floats) -> Floats:
    """Resampled means moved to where they belong: around what was measured, less its bias.

    A pAUC from few clips is too high on average, and that of a resample by as much again.
    """
    measured = float(areas.by_id @ equal_weights(areas.machines))
    moved: Floats = means - 2 * (means.mean() - measured)
    return moved


def _shrinkage(areas: Areas) -> float:
    """How much of the IDs' spread (a standard deviation) is theirs and not their clips'."""
    by_type = [areas.by_id[here] for here in _places(areas.machines).values()]
    spreads = [float(here.var(ddof=1)) for here in by_type if len(here) > 1]
    if not spreads or not any(spreads):
        return 1.0
    of_clips = float(areas.resampled.mean(axis=0).var(axis=1).mean())
    return math.sqrt(max(0.0, 1 - of_clips / float(np.mean(spreads))))


def equal_weights(machines: Sequence[str]) -> Floats:
    """Of each ID in the mean over machine types of the mean over IDs, (I,)."""
    kinds = len(set(machines))
    return np.array([1 / (kinds * machines.count(machine)) for machine in machines])


def _places(machines: Sequence[str]) -> dict[str, NDArray[np.intp]]:
    """Where the IDs of each machine type are."""
    return {
        kind: np.array([i for i, machine in enumerate(machines) if machine == kind])
        for kind in sorted(set(machines))
    }


def _variance_of_mean(values: Floats) -> float:
    return float(values.var(ddof=1) / len(values)) if len(values) > 1 else 0.0
