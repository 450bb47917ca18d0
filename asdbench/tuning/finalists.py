"""The choice: the best trial on some fresh tasks has to beat the default on others."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import chain
from statistics import fmean

from asdbench.execution.progress import Running
from asdbench.results.records import Cell, Score
from asdbench.tuning.instances import Instance, saturated
from asdbench.tuning.objective import TUNED_ON, Objective
from asdbench.tuning.search import Search
from asdbench.tuning.study import FinishedTrial
from asdbench.tuning.trials import Fields
from asdbench.tuning.verdict import RISK, Verdict, by_labels, kept, on_tasks

FINALISTS = 3  # trials that meet on fresh tasks: the best of many is a lucky one
CHOOSING = 3  # of these tasks
TESTING = 5  # others, on which the best of them meets the default


@dataclass(frozen=True)
class Picked:
    """The best of the finalists and its fields, against the default on fresh tasks.

    ``kept`` is how often the default would be kept if no setting were better; ``dropped`` are
    saturated instances that the ranking did without; ``tested`` has the objective of the pick and
    of the default on each fresh task that they met on.
    """

    trial: FinishedTrial
    fields: Fields
    verdict: Verdict
    kept: float
    dropped: Sequence[Instance]
    tested: Sequence[tuple[float, float]] = ()


def pick(search: Search, defaults: Fields) -> Picked:
    """Choose. Raises ``ValueError`` where no trial, or not the default, runs to its end."""
    finished = search.study.finished()
    if not finished:
        reasons = {trial.user_attrs.get("failed", "") for trial in search.study.all()}
        raise ValueError(f"no trial ran to its end: {'; '.join(sorted(reasons))}")
    objective = search.objective
    finalists, dropped = best_trials(finished, objective)
    settings = [search.fields_of(trial.params) for trial in finalists]
    fresh = [objective.fresh(number) for number in range(CHOOSING + TESTING)]
    compared = _run_on(fresh[:CHOOSING], settings, "the best trials")
    values = [_values(of_setting, dropped) for of_setting in compared]
    best = max(range(len(values)), key=lambda place: fmean(values[place]))
    tested = _run_on(fresh[CHOOSING:], [settings[best], defaults], "the best against the default")
    chosen, default = tested
    if any(one.failed for one in default):
        raise ValueError("the default fails on a fresh task; see above")
    if -math.inf in values[best] or any(one.failed for one in chosen):
        raise ValueError(
            f"trial {finalists[best].number}, the best one, fails on a fresh task; see above"
        )
    tested_values = _values(chosen, dropped), _values(default, dropped)
    if objective.kind == "proxy":
        verdict = on_tasks(*tested_values)
        often = kept(len(finalists), CHOOSING, TESTING)
    else:
        verdict = by_labels(
            [one.scores for one in chosen],
            [one.scores for one in default],
            subset=TUNED_ON,
            trials=search.study.settings(),
        )
        often = 1 - RISK
    both = list(zip(*tested_values, strict=True))
    return Picked(finalists[best], settings[best], verdict, often, sorted(dropped), both)


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


@dataclass(frozen=True)
class OnTask:
    """What a setting came to on a fresh task: its scores, or that it failed."""

    task: Objective
    scores: Sequence[Score]
    failed: bool


def _run_on(
    tasks: Sequence[Objective], settings: Sequence[Fields], what: str
) -> list[list[OnTask]]:
    """Each setting on each task: the same clips, faults and seeds for all settings."""
    cells = [[found[0] for found in task.bench.cells(settings, 1)] for task in tasks]
    missing = [
        task.bench.missing([*chain.from_iterable(of_task)])
        for task, of_task in zip(tasks, cells, strict=True)
    ]
    every = [*chain.from_iterable(missing)]
    tasks[0].bench.say(Running(every, f"{what}, on {len(tasks)} fresh tasks"))
    failed: dict[str, str] = {}
    for task, of_task in zip(tasks, missing, strict=True):
        failed |= task.bench.run(of_task)
    return [
        [_outcome(task, cells, failed) for task, cells in zip(tasks, of_setting, strict=True)]
        for of_setting in zip(*cells, strict=True)
    ]


def _outcome(task: Objective, cells: Sequence[Cell], failed: Collection[str]) -> OnTask:
    if any(cell.name in failed for cell in cells):
        return OnTask(task, (), True)
    return OnTask(task, task.bench.scores(cells), False)


def _values(outcomes: Sequence[OnTask], dropped: Collection[Instance]) -> list[float]:
    """The objective on each task, without the saturated instances; a failure is the worst."""
    return [
        -math.inf
        if outcome.failed
        else outcome.task.value(outcome.task.figures(outcome.scores), dropped)
        for outcome in outcomes
    ]
