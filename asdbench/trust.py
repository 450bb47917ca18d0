"""How far a tuning on the proxy task can be trusted: pure functions of a study's figures."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from scipy import stats

RESAMPLES = 2000
SATURATED, SHARE = 0.99, 0.8
CLIP = 0.005  # an AUC of 1 has no logit

_Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


@dataclass(frozen=True)
class Correlation:
    """Spearman's rank correlation over n trials with its 95 % bootstrap interval."""

    rho: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Trust:
    """What the true figures, which tuning never saw, say of its choice.

    ``correlation`` is between objective and true figure over trials, ``families`` the same for the
    AUC of each family alone. ``pick``, ``default``, ``best`` and ``random`` are true figures: of
    the chosen trial, of the default, of the best trial, and the mean over trials, which a blind
    pick has on average. ``beaten`` is the share of the other trials that are worse than the pick.
    """

    correlation: Correlation
    families: Mapping[str, Correlation]
    pick: float
    default: float
    best: float
    random: float
    beaten: float

    @property
    def regret(self) -> float:
        """How much the best trial has on the pick."""
        return self.best - self.pick


def logit(auc: float) -> float:
    """The log odds of an AUC: from 0.98 to 0.99 is as far as from 0.5 to 0.67."""
    inside = min(max(auc, CLIP), 1 - CLIP)
    return float(np.log(inside / (1 - inside)))


def saturated(trials: Sequence[Mapping[str, float]]) -> set[str]:
    """The instances that nearly every trial solves: they can't tell trials apart."""
    found = {instance for aucs in trials for instance in aucs}
    return {
        instance
        for instance in found
        if np.mean([aucs[instance] > SATURATED for aucs in trials if instance in aucs]) > SHARE
    }


def objective(aucs: Mapping[str, float], without: Collection[str] = ()) -> float:
    """The mean logit of the AUC over machine types and families."""
    kept = [logit(auc) for instance, auc in sorted(aucs.items()) if instance not in without]
    return float(np.mean(kept))


def correlation(first: Sequence[float], second: Sequence[float]) -> Correlation:
    """Spearman's rho; NaN where one of them doesn't vary."""
    pairs, n = np.array([first, second], float), len(first)
    drawn = np.random.default_rng(0).integers(n, size=(RESAMPLES, n))
    resampled = _rho(pairs[0][drawn], pairs[1][drawn])
    varied = resampled[~np.isnan(resampled)] if not np.isnan(resampled).all() else resampled
    low, high = np.quantile(varied, [0.025, 0.975])
    return Correlation(float(_rho(pairs[:1], pairs[1:])[0]), float(low), float(high), n)


def beats(pick: Sequence[float], default: Sequence[float]) -> tuple[bool, float, float]:
    """Whether the pick is better by more than a standard error over tasks; difference and error."""
    differences = np.subtract(pick, default)
    error = float(differences.std(ddof=1) / np.sqrt(len(differences)))
    mean = float(differences.mean())
    return mean > error, mean, error


def trust(
    values: Sequence[float],
    aucs: Sequence[Mapping[tuple[str, str], float]],
    true: Sequence[float],
    *,
    pick: int,
    default: float,
) -> Trust:
    """The report on trials: objective, AUC by machine type and family, and true figure of each.

    ``pick`` is the place of the chosen trial, ``default`` the true figure of the defaults.
    """
    families = sorted({family for trial in aucs for _, family in trial})
    by_family = {
        family: [fmean(auc for (_, f), auc in trial.items() if f == family) for trial in aucs]
        for family in families
    }
    others = [figure for place, figure in enumerate(true) if place != pick]
    return Trust(
        correlation=correlation(values, true),
        families={family: correlation(means, true) for family, means in by_family.items()},
        pick=true[pick],
        default=default,
        best=max(true),
        random=float(np.mean(true)),
        beaten=float(np.mean([figure < true[pick] for figure in others])) if others else 0.0,
    )


def _rho(first: _Floats, second: _Floats) -> _Floats:
    """Spearman's rho of each line of one with that of the other."""
    ranks = [stats.rankdata(values, axis=1) for values in (first, second)]
    x, y = (r - r.mean(axis=1, keepdims=True) for r in ranks)
    scale = np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))
    return np.where(scale > 0, (x * y).sum(axis=1) / np.where(scale > 0, scale, 1.0), math.nan)
