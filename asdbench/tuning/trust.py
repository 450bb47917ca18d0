"""How far a choice can be trusted, by the true figures of all trials: seen after it is made."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import NamedTuple

import numpy as np
from scipy import stats

from asdbench.tuning.instances import (
    MACHINE_ID,
    Figures,
    Instance,
    over_machines,
    true_figures,
)
from asdbench.tuning.search import Search
from asdbench.tuning.study import FinishedTrial
from asdbench.tuning.trials import Bench, Fields

LEAST = 5  # different trials, for an interval
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Correlation:
    """Spearman's rank correlation over n different trials with its 95 % interval.

    None where there are too few for one.
    """

    rho: float
    low: float | None
    high: float | None
    n: int


class TrueFigure(NamedTuple):
    """A trial's number, its objective, and its true figure."""

    trial: int
    objective: float
    true: float


@dataclass(frozen=True)
class Trust:
    """What the true figures, which tuning never saw, say of its choice.

    ``correlation`` is between objective and true figure over trials, ``families`` the same for the
    AUC of each family, or of each machine ID, alone. ``pick``, ``default``, ``best`` and
    ``random`` are true figures: of the chosen trial, of the default, of the best trial, and the
    mean over trials, which a blind pick has on average. ``beaten`` is the share of the other trials
    that are worse than the pick. ``points`` are the trials one by one.
    """

    correlation: Correlation
    families: Mapping[str, Correlation]
    pick: float
    default: float
    best: float
    random: float
    beaten: float
    points: Sequence[TrueFigure] = ()

    @property
    def regret(self) -> float:
        """How much the best trial has on the pick."""
        return self.best - self.pick


def correlation(first: Sequence[float], second: Sequence[float]) -> Correlation:
    """Spearman's rho; NaN where one of them doesn't vary.

    Trials alike in both count once: the same setting again says nothing new. The interval is
    Fisher's with the variance of Bonett and Wright, "Sample size requirements for estimating
    Pearson, Kendall and Spearman correlations", 2000, and Student's t.
    """
    pairs = sorted(set(zip(first, second, strict=True)))
    n, rho = len(pairs), math.nan
    if n > 1 and all(len({pair[side] for pair in pairs}) > 1 for side in (0, 1)):
        rho = float(stats.spearmanr(*zip(*pairs, strict=True)).statistic)
    if math.isnan(rho) or n < LEAST:
        return Correlation(rho, None, None, n)
    inside = max(-0.999, min(0.999, rho))
    half = stats.t.ppf(0.975, n - 2) * math.sqrt((1 + inside**2 / 2) / (n - 3))
    low, high = (math.tanh(math.atanh(inside) + side * half) for side in (-1, 1))
    return Correlation(rho, low, high, n)


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
    families = sorted({_family(instance) for trial in figures for instance in trial})
    by_family = {
        family: [
            fmean(auc for instance, auc in trial.items() if _family(instance) == family)
            for trial in figures
        ]
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
    found = trust(
        [trial.value for trial, _ in known],
        [trial.figures for trial, _ in known],
        [figure for _, figure in known],
        default=true[-1],
        pick=[trial.number for trial, _ in known].index(chosen.number),
    )
    points = [TrueFigure(trial.number, trial.value, figure) for trial, figure in known]
    return replace(found, points=points)


def _family(instance: Instance) -> str:
    """A family of faults over all machine types; a machine ID is another on each."""
    if instance.part.startswith(MACHINE_ID):
        return f"{instance.machine} {instance.part}"
    return instance.part


def _labelled(real: Bench, subset: str | None) -> bool:
    labels = {
        clip.anomalous
        for clip in real.clips
        if clip.split == "test" and subset in (None, clip.subset)
    }
    return {True, False} <= labels
