"""Whether one setting is better than another, or only was luckier: pure functions."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from asdbench.data.proxy.dataset import Proxy
from asdbench.evaluation.entries import Entry, MachineId, Scored
from asdbench.evaluation.figures import RANKS
from asdbench.evaluation.measure import measured
from asdbench.evaluation.variation import MANY, estimate
from asdbench.results.records import Score

RISK = 0.025  # that a setting which is no better replaces the default
STUDIES = 20_000  # simulated ones


@dataclass(frozen=True)
class Verdict:
    """How far ahead of another a setting is, its standard error, and p of a one-sided t test.

    ``p`` is how probable such a lead is where it is no better.
    """

    difference: float
    error: float
    p: float

    @property
    def better(self) -> bool:
        """Whether it is, beyond chance."""
        return self.p < RISK


def on_tasks(chosen: Sequence[float], default: Sequence[float]) -> Verdict:
    """By objectives on the same fresh proxy tasks.

    Tasks share most of their clips, so the standard error is that of Nadeau and Bengio, "Inference
    for the generalization error", 2003: of J tasks that hold out a share, the variance is 1 / J and
    the ratio of held-out to other clips times that of a task.
    """
    differences = np.subtract(chosen, default)[None]
    mean, error, p = _tested(differences)
    return Verdict(float(mean[0]), float(error[0]), float(p[0]))


def by_labels(
    chosen: Sequence[Sequence[Score]],
    default: Sequence[Sequence[Score]],
    *,
    subset: str,
    trials: int,
) -> Verdict:
    """By scores of a subset's labelled clips under several seeds: other seeds and clips count.

    The clips are those that ``trials`` settings were compared on, so p is multiplied by so many
    (Bonferroni). Without a variance to judge by, nothing is better.
    """
    rows = [_entry(scores, subset) for scores in (chosen, default)]
    found = measured(subset, rows)
    one = estimate(found.figures[RANKS], found.repeats, {0: 1.0, 1: -1.0})
    assert one is not None, "both were scored on the same clips"
    if one.here is None or one.here.variance == 0:
        return Verdict(one.value, 0.0, 1.0)
    error = math.sqrt(one.here.variance)
    p = float(special.stdtr(min(one.here.freedom, MANY), -one.value / error))
    return Verdict(one.value, error, min(1.0, p * max(1, trials)))


def kept(settings: int, choosing: int, testing: int) -> float:
    """How often the default is kept where no setting is better, in simulated proxy studies.

    Of so many settings the best on some tasks is tested against the default on others; tasks go
    together as ones that share clips do.
    """
    rng = np.random.default_rng(0)
    alike = Proxy.share  # of the variance of a task's figure, what its clips share with others'
    lasting = math.sqrt(alike) * rng.standard_normal((STUDIES, settings + 1, 1))
    size = (STUDIES, settings + 1, choosing + testing)
    figures = lasting + math.sqrt(1 - alike) * rng.standard_normal(size)
    best = figures[:, 1:, :choosing].mean(axis=2).argmax(axis=1) + 1
    tested = figures[:, :, choosing:]
    differences = tested[np.arange(STUDIES), best] - tested[:, 0]
    return float(np.mean(_tested(differences)[2] >= RISK))


def _tested(differences: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, standard error and p of each study, given (studies, J); p is 1 where nothing varies."""
    tasks = differences.shape[1]
    factor = 1 / tasks + Proxy.share / (1 - Proxy.share)
    mean = differences.mean(axis=1)
    error = np.sqrt(differences.var(axis=1, ddof=1) * factor)
    ahead = np.divide(mean, error, out=np.full_like(mean, -np.inf), where=error > 0)
    return mean, error, special.stdtr(tasks - 1, -ahead)


def _entry(by_seed: Sequence[Sequence[Score]], subset: str) -> Entry:
    found: dict[MachineId, list[list[Score]]] = defaultdict(lambda: [[] for _ in by_seed])
    for place, scores in enumerate(by_seed):
        for score in scores:
            if score.subset == subset and score.anomalous is not None:
                found[MachineId(score.machine, score.id)][place].append(score)
    ids = {
        of_id: Scored(
            np.array([bool(score.anomalous) for score in repeats[0]]),
            np.array([[score.score for score in scores] for scores in repeats]),
        )
        for of_id, repeats in sorted(found.items())
        if len({score.anomalous for score in repeats[0]}) == 2
    }
    return Entry({"method": "tuned"}, range(len(by_seed)), None, ids)
