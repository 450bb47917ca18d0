"""What a figure, or the difference of two, varies by: test clips, seeds, machine IDs.

Shapes: R repeats, U units (machine IDs).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np

from asdbench.config.imports import imported
from asdbench.evaluation.metrics import Floats
from asdbench.evaluation.repeats import Repeats
from asdbench.evaluation.sampled import Sampled

CAUTION = 0.75  # confidence of the limit that a variance is taken at for degrees of freedom
LEAST = 3  # degrees of freedom of the spread of machine IDs: fewer tell nothing
LEVEL = 0.95
MANY = 1e6  # degrees of freedom: as good as known


class Uncertainty(NamedTuple):
    """A variance, and the degrees of freedom that it was estimated with."""

    variance: float
    freedom: float


@dataclass(frozen=True)
class Estimate:
    """A mean over machine types and IDs, or the difference of two, on U ``units``.

    ``value`` is the measured one, which is by ``bias`` too high on average; ``grain`` is how fine
    it is. Its variance answers three questions, one containing the other: with other test
    ``clips``; ``here``, with other seeds too; ``elsewhere``, with other machine IDs too. None where
    it can't be told.
    """

    value: float
    bias: float
    grain: float
    units: int
    clips: Uncertainty | None
    here: Uncertainty | None
    elsewhere: Uncertainty | None


def estimate(
    sampled: Sampled, repeats: Sequence[Repeats], contrast: Mapping[int, float]
) -> Estimate | None:
    """Of rows with these factors, over the units that all of them have; None where they share none.

    Seeds are independent between methods, and paired within one.
    """
    shared = np.flatnonzero(np.all([sampled.has(row) for row in contrast], axis=0))
    if not len(shared):
        return None
    here = sampled.among([*contrast]).pick(shared.tolist()).linear()
    factors, weights = np.array([*contrast.values()]), here.weights()
    by_unit = factors @ np.array([of_row.mean(axis=0) for of_row in here.measured])
    of_fits, of_clips = (
        max(0.0, float(weights**2 @ np.einsum("a,uab,b->u", factors, found, factors)))
        for found in (here.fits, here.clips)
    )
    few = sum(here.freedom)
    fits = Uncertainty(of_fits, few) if few else None
    seeds = _seeds(here, [repeats[row] for row in contrast], factors, weights)
    alike = None
    if fits and seeds is not None:
        alike = wider(together([Uncertainty(of_clips, few), *(part for part, _ in seeds)]), fits)
    return Estimate(
        value=math.fsum(weights * by_unit),
        bias=float(factors @ here.bias @ weights),
        grain=float(np.array([grain.size for grain in here.grain]) @ weights),
        units=len(shared),
        clips=fits,
        here=alike,
        elsewhere=_elsewhere(by_unit, here, [part for _, part in seeds or ()], alike),
    )


def together(parts: Sequence[Uncertainty]) -> Uncertainty:
    """The sum of variances, with degrees of freedom after Satterthwaite.

    A variance from few values may by chance be small; the degrees of freedom would then come out
    too large, just where the sum is too small. For them, each is taken at the upper limit of its
    ``CAUTION`` confidence interval.
    """
    most = [(part.variance * _limit(part.freedom), part.freedom) for part in parts]
    unsure = sum(variance**2 / freedom for variance, freedom in most)
    freedom = sum(variance for variance, _ in most) ** 2 / unsure if unsure else math.inf
    return Uncertainty(sum(part.variance for part in parts), freedom)


def wider(one: Uncertainty, other: Uncertainty) -> Uncertainty:
    """The one that makes the wider interval."""
    return max(one, other, key=lambda part: reach(part.freedom) * math.sqrt(part.variance))


def reach(freedom: float, pairs: int = 1) -> float:
    """How many standard deviations a 95 % interval reaches from its centre.

    With several ``pairs``, so that all such intervals hold together (Bonferroni).
    """
    inside = 1 - (1 - LEVEL) / pairs
    return float(imported("scipy.special").stdtrit(min(freedom, MANY), (1 + inside) / 2))


@cache
def _limit(freedom: float) -> float:
    """How much larger than measured a variance may be."""
    if math.isinf(freedom):
        return 1.0
    return float(freedom / imported("scipy.special").chdtri(freedom, CAUTION))


def _seeds(
    sampled: Sampled, repeats: Sequence[Repeats], factors: Floats, weights: Floats
) -> list[tuple[Uncertainty, Uncertainty]] | None:
    """Of each independent set of repeats, what seeds add; and what all units have in common of it.

    None where a row has a single repeat and isn't known to be deterministic.
    """
    found = []
    for of_repeats, values in _independent(sampled, repeats, factors):
        count = len(values)
        if count == 1 and not of_repeats.declared:
            return None
        if count == 1 or not np.ptp(values, axis=0).any():
            continue
        means = values @ weights
        whole = float(means.var(ddof=1)) / count
        own = whole
        if values.shape[1] > 1:
            left = values - values.mean(axis=0) - (means - means.mean())[:, None]
            each = float(np.square(left).sum()) / ((count - 1) * (values.shape[1] - 1))
            own = each * float(weights @ weights) / count
        found.append((Uncertainty(whole, count - 1), Uncertainty(max(0.0, whole - own), count - 1)))
    return found


def _independent(
    sampled: Sampled, repeats: Sequence[Repeats], factors: Floats
) -> list[tuple[Repeats, Floats]]:
    """Figures (R, U) of rows whose seeds have nothing to do with each other's."""
    found: list[tuple[Repeats, Floats]] = []
    for of_row, measured, factor in zip(repeats, sampled.measured, factors, strict=True):
        values = factor * measured
        for place, (other, before) in enumerate(found):
            if of_row.paired(other):
                found[place] = (other, before + values)
                break
        else:
            found.append((of_row, values))
    return found


def _elsewhere(
    by_unit: Floats, sampled: Sampled, common: Sequence[Uncertainty], alike: Uncertainty | None
) -> Uncertainty | None:
    """With other machine IDs of the same types; their spread holds that of clips and of fits."""
    if alike is None or not sampled.of_ids:
        return None
    if len(by_unit) - len(set(sampled.machines)) < LEAST:
        return None
    ids = _spread_of_ids(by_unit, sampled.machines)
    return wider(together([ids, *common]), alike)


def _spread_of_ids(by_unit: Floats, machines: Sequence[str]) -> Uncertainty:
    """The variance of the mean over types of the mean over IDs; a lone ID spreads as others do."""
    of_type = [by_unit[[m == machine for m in machines]] for machine in dict.fromkeys(machines)]
    variances = [float(ids.var(ddof=1)) if len(ids) > 1 else None for ids in of_type]
    several = [(v, len(ids)) for v, ids in zip(variances, of_type, strict=True) if v is not None]
    usual = float(np.mean([variance for variance, _ in several]))
    means = [
        (usual if variance is None else variance) / len(ids)
        for variance, ids in zip(variances, of_type, strict=True)
    ]
    known = [(variance / count, count - 1) for variance, count in several]
    most = sum(freedom for _, freedom in known)
    # The square of a variance with f degrees of freedom is too large by (f + 2) / f on average.
    unsure = sum(variance**2 / (freedom + 2) for variance, freedom in known)
    total = sum(variance for variance, _ in known)
    freedom = total**2 / unsure - 2 if unsure else most
    least = min(freedom for _, freedom in known)
    return Uncertainty(float(sum(means)) / len(of_type) ** 2, min(max(freedom, least), most))
