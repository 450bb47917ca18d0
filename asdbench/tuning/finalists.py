"""The choice: the best trials meet the default on fresh tasks, and one of them has to win there."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import chain
from statistics import fmean

import numpy as np

from asdbench.execution.progress import Running
from asdbench.results.records import Cell
from asdbench.tuning.instances import Instance, saturated
from asdbench.tuning.objective import Objective
from asdbench.tuning.search import Search
from asdbench.tuning.study import FinishedTrial
from asdbench.tuning.trials import Fields

FINALISTS = 3  # trials that meet the default on fresh tasks: the best of many is a lucky one
FRESH = 5  # of these tasks


@dataclass(frozen=True)
class Verdict:
    """Whether one setting is better than another by more than a standard error over tasks."""

    better: bool
    difference: float
    error: float


@dataclass(frozen=True)
class Picked:
    """The best of the finalists and its fields, against the default on ``fresh`` tasks.

    ``dropped`` are saturated instances that the ranking did without.
    """

    trial: FinishedTrial
    fields: Fields
    verdict: Verdict
    fresh: int
    dropped: Sequence[Instance]


def pick(search: Search, defaults: Fields) -> Picked:
    """Choose. Raises ``ValueError`` where no trial, or not the default, runs to its end."""
    finished = search.study.finished()
    if not finished:
        reasons = {trial.user_attrs.get("failed", "") for trial in search.study.all()}
        raise ValueError(f"no trial ran to its end: {'; '.join(sorted(reasons))}")
    finalists, dropped = best_trials(finished, search.objective)
    settings = [search.fields_of(trial.params) for trial in finalists]
    standard, *values = on_fresh_tasks(search.objective, [defaults, *settings], dropped)
    best = max(range(len(values)), key=lambda place: fmean(values[place]))
    if -math.inf in (*standard, *values[best]):
        raise ValueError(
            "the default, or each of the best trials, fails on a fresh task; see above"
        )
    verdict = beats(values[best], standard)
    return Picked(finalists[best], settings[best], verdict, FRESH, sorted(dropped))


def best_trials(
    trials: Sequence[FinishedTrial], objective: Objective
) -> tuple[list[FinishedTrial], set[Instance]]:
    """The best trials, the best first, and the saturated instances that they were ranked without.

    Of trials with the same parameters, the first.
    """
    dropped: set[Instance] = set()
    if objective.kind == "proxy":
        figures = [{i: f for i, f in trial.figures.items() if i.counts} for trial in trials]
        dropped = saturated(figures)
        if dropped == set(figures[0]):
            dropped = set()  # all of them: better a coarse measure than none
    values = [objective.value(trial.figures, dropped) for trial in trials]
    ranked = sorted(zip(values, trials, strict=True), key=lambda both: (-both[0], both[1].number))
    distinct: dict[str, FinishedTrial] = {}
    for _, trial in ranked:
        distinct.setdefault(str(sorted(trial.params.items())), trial)
    return [*distinct.values()][:FINALISTS], dropped


def on_fresh_tasks(
    objective: Objective, settings: Sequence[Fields], dropped: Collection[Instance]
) -> list[list[float]]:
    """The objective of each setting on each fresh task, without the saturated instances.

    All settings meet the same tasks: the same clips, faults and seeds. Where a setting fails, it is
    worse than any other.
    """
    tasks = [objective.fresh(number) for number in range(FRESH)]
    cells = [[found[0] for found in fresh.bench.cells(settings, 1)] for fresh in tasks]
    missing = [
        fresh.bench.missing([*chain.from_iterable(of_task)])
        for fresh, of_task in zip(tasks, cells, strict=True)
    ]
    every = [*chain.from_iterable(missing)]
    objective.bench.say(
        Running(every, f"the best trials against the default, on {FRESH} fresh tasks")
    )
    failed: dict[str, str] = {}
    for fresh, of_task in zip(tasks, missing, strict=True):
        failed |= fresh.bench.run(of_task)
    return [
        [
            _value(fresh, of_setting, failed, dropped)
            for fresh, of_setting in zip(tasks, of_settings, strict=True)
        ]
        for of_settings in zip(*cells, strict=True)
    ]


def beats(chosen: Sequence[float], default: Sequence[float]) -> Verdict:
    """Whether the pick is better by more than a standard error over tasks; difference and error."""
    differences = np.subtract(chosen, default)
    error = float(differences.std(ddof=1) / np.sqrt(len(differences)))
    mean = float(differences.mean())
    return Verdict(mean > error, mean, error)


def _value(
    objective: Objective,
    cells: Sequence[Cell],
    failed: Collection[str],
    dropped: Collection[Instance],
) -> float:
    if any(cell.name in failed for cell in cells):
        return -math.inf
    return objective.value(objective.figures(objective.bench.scores(cells)), dropped)
