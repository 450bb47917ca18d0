"""How far a choice can be trusted, by the true figures of all trials: seen after it is made."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from scipy import stats

from asdbench.tuning.instances import Figures, over_machines, true_figures
from asdbench.tuning.search import Search
from asdbench.tuning.study import FinishedTrial
from asdbench.tuning.trials import Bench, Fields

RESAMPLES = 2000
_log = logging.getLogger(__name__)

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


def correlation(first: Sequence[float], second: Sequence[float]) -> Correlation:
    """Spearman's rho; NaN where one of them doesn't vary."""
    pairs, n = np.array([first, second], float), len(first)
    drawn = np.random.default_rng(0).integers(n, size=(RESAMPLES, n))
    resampled = _rho(pairs[0][drawn], pairs[1][drawn])
    varied = resampled[~np.isnan(resampled)] if not np.isnan(resampled).all() else resampled
    low, high = np.quantile(varied, [0.025, 0.975])
    return Correlation(float(_rho(pairs[:1], pairs[1:])[0]), float(low), float(high), n)


def trust(
    values: Sequence[float],
    figures: Sequence[Figures],
    true: Sequence[float],
    *,
    pick: int,
    default: float,
) -> Trust:
    """The report on trials: objective, figure of each instance, and true figure of each.

    ``pick`` is the place of the chosen trial, ``default`` the true figure of the defaults.
    """
    families = sorted({part for trial in figures for _, part in trial})
    by_family = {
        family: [fmean(auc for (_, f), auc in trial.items() if f == family) for trial in figures]
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


def report_of(search: Search, real: Bench, chosen: FinishedTrial, defaults: Fields) -> Trust | None:
    """How far to trust a choice, by the true figures of all trials; None without any labels.

    Trials that were stopped early are run to their end for it.
    """
    subset = search.objective.report_on
    if not _labelled(real, subset):
        return None
    trials = sorted(
        [*search.study.finished(), *search.to_their_end()], key=lambda trial: trial.number
    )
    settings = [search.fields_of(trial.params) for trial in trials]
    cells = [repeats[0] for repeats in real.cells([*settings, defaults], 1)]
    every = [cell for of_setting in cells for cell in of_setting]
    failed = real.run(every, "the true figures of all trials, for the report only")
    true = [
        None
        if any(cell.name in failed for cell in of_setting)
        else over_machines(true_figures(real.scores(of_setting), subset))
        for of_setting in cells
    ]
    known = [(t, figure) for t, figure in zip(trials, true, strict=False) if figure is not None]
    if true[-1] is None or chosen.number not in {trial.number for trial, _ in known}:
        _log.warning("the pick or the default failed on the real clips: no report of trust")
        return None
    return trust(
        [trial.value for trial, _ in known],
        [trial.figures for trial, _ in known],
        [figure for _, figure in known],
        default=true[-1],
        pick=[trial.number for trial, _ in known].index(chosen.number),
    )


def _labelled(real: Bench, subset: str | None) -> bool:
    labels = {
        clip.anomalous
        for clip in real.clips
        if clip.split == "test" and subset in (None, clip.subset)
    }
    return {True, False} <= labels


def _rho(first: _Floats, second: _Floats) -> _Floats:
    """Spearman's rho of each line of one with that of the other."""
    ranks = [stats.rankdata(values, axis=1) for values in (first, second)]
    x, y = (r - r.mean(axis=1, keepdims=True) for r in ranks)
    scale = np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))
    return np.where(scale > 0, (x * y).sum(axis=1) / np.where(scale > 0, scale, 1.0), math.nan)
