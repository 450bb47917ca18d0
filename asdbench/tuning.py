"""`asdbench tune` from end to end: trials, the choice, how far to trust it, and a recipe of it."""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from statistics import fmean
from typing import Any

from asdbench import plugins
from asdbench.bench import Bench, Fields
from asdbench.choice import choose
from asdbench.config import build, key, merge, plain
from asdbench.datasets.pseudo_anomalies import VERSION
from asdbench.engines import engine_for
from asdbench.experiment import Experiment, read
from asdbench.plan import Cell
from asdbench.progress import CellsBar, bars, console
from asdbench.reading import dataset_of, read_clips, with_data
from asdbench.search import Search
from asdbench.search_space import fixed_values, nested, search_space
from asdbench.store import Store
from asdbench.study import Finished, Study
from asdbench.study_mirror import StudyMirror
from asdbench.tasks import Task, counts, oracle_task, proxy_task
from asdbench.trust import beats, objective, saturated
from asdbench.truth import report_of
from asdbench.tuned import Result, name_of, write

FINALISTS = 3  # trials that meet the default on fresh tasks: the best of many is a lucky one
FRESH = 5  # of these tasks


@dataclass(frozen=True)
class Asked:
    """What a user asked for with `asdbench tune`."""

    method: str
    experiment: str
    trials: int
    objective: str
    data: Path | None
    flags: Mapping[str, Any]
    repeats: int
    jobs: int | None
    engine: str
    out: Path | None


def tune(asked: Asked) -> int:
    """Search, choose, report; the exit code."""
    name, experiment = read(asked.experiment, [asked.flags])
    given = replace(with_data(experiment, asked.data), variants={}, tuned={})
    benchmark = f"{name}-{asked.data.resolve().name}" if asked.data else name
    plugin = plugins.find(plugins.METHODS, asked.method)  # whose name isn't that of its file
    narrowed = given.tune.get(plugin.name, {})
    fixed = {plugin.name: merge(given.methods.get(plugin.name, {}), fixed_values(narrowed))}
    given = replace(given, methods={**given.methods, **fixed})
    engine, experiment = engine_for(asked.engine, asked.jobs, given)
    choice = choose(experiment, [asked.method])
    defaults = choice.rows[0].fields
    space = search_space(plugin.load(), defaults, narrowed, f"tune.{plugin.name}")
    dataset = dataset_of(experiment)
    clips, resolved = read_clips(dataset, experiment)
    out = Store(asked.out or Path("runs") / benchmark)
    out.open(clips.test_sets, f"{benchmark}, {len(clips.where(split='test'))} test clips")
    with contextlib.ExitStack() as held:
        held.callback(out.close)
        real = Bench(resolved, plugin, clips, out, engine)
        task = (
            proxy_task(real, experiment, held) if asked.objective == "proxy" else oracle_task(real)
        )
        spaces = {field: found.space for field, found in space.items()}
        about = [asked.objective, asked.repeats, spaces, defaults, task.bench.clips.fingerprint]
        recipe = task.bench.experiment
        about += [recipe.frontend, recipe.numerics, recipe.seed, VERSION]
        study = Study(
            f"{benchmark}-{plugin.name}-{asked.objective}-{key(about)}",
            task.bench.store.folder,
            space,
            resolved.seed,
            os.environ.get("OPTUNA_STORAGE"),
        )
        study.begin_with({field: space[field].default for field in space})

        def fields_of(params: Mapping[str, Any]) -> Fields:
            return plain(build(plugin.load(), merge(defaults, nested(params)), plugin.name))

        mirror = StudyMirror(out, benchmark, study.name, plugin.name)
        search = Search(study, task, fields_of, asked.repeats)
        search.run(asked.trials, mirror)
        mirror.wait_for_import()  # before anything is plotted
        print(_conclude(search, real, defaults, asked, given), end="")
        left = (out.folder / "tuned").glob(f"{name_of(plugin.name, asked.objective)}.*")
        mirror.finish(study.all(), [*left])
        if mirror.problem:
            console.print(f"MLflow is behind ({mirror.problem}); nothing else is", style="yellow")
        return 0


def _conclude(
    search: Search, real: Bench, defaults: Fields, asked: Asked, experiment: Experiment
) -> str:
    """Choose, then look at the truth, and write it all down; the report."""
    study = search.study
    finished = study.finished()
    if not finished:
        reasons = {trial.user_attrs.get("failed", "") for trial in study.all()}
        raise ValueError(f"no trial ran to its end: {'; '.join(sorted(reasons))}")
    finalists, dropped = best_trials(finished, proxy=asked.objective == "proxy")
    settings = [search.fields_of(trial.params) for trial in finalists]
    standard, *values = on_fresh_tasks(search.task, [defaults, *settings], dropped)
    best = max(range(len(values)), key=lambda place: fmean(values[place]))
    pick, fields = finalists[best], settings[best]
    if -math.inf in (*standard, *values[best]):
        raise ValueError(
            "the default, or each of the best trials, fails on a fresh task; see above"
        )
    better, difference, error = beats(values[best], standard)
    report = report_of(search, real, pick, defaults)
    result = Result(
        method=real.plugin.name,
        file=asked.method,
        experiment=experiment,
        base=asked.experiment,
        objective=asked.objective,
        trials=study.all(),
        pick=pick,
        fields=fields if better else defaults,
        defaults=defaults,
        better=better,
        difference=difference,
        error=error,
        fresh=FRESH,
        dropped=sorted(dropped),
        trust=report,
    )
    return write(result, study.optuna, real.store.folder / "tuned")


def best_trials(trials: Sequence[Finished], *, proxy: bool) -> tuple[list[Finished], set[str]]:
    """The best trials, the best first, and the saturated instances that they were ranked without.

    Of trials with the same parameters, the first.
    """
    dropped: set[str] = set()
    values = [trial.value for trial in trials]
    if proxy:
        figures = [{i: a for i, a in t.figures.items() if counts(i)} for t in trials]
        dropped = saturated(figures)
        if dropped == set(figures[0]):
            dropped = set()  # all of them: better a coarse measure than none
        values = [objective(found, dropped) for found in figures]
    ranked = sorted(zip(values, trials, strict=True), key=lambda both: (-both[0], both[1].number))
    distinct: dict[str, Finished] = {}
    for _, trial in ranked:
        distinct.setdefault(str(sorted(trial.params.items())), trial)
    return [*distinct.values()][:FINALISTS], dropped


def on_fresh_tasks(
    task: Task, settings: Sequence[Fields], dropped: Collection[str]
) -> list[list[float]]:
    """The objective of each setting on each fresh task, without the saturated instances.

    All settings meet the same tasks: the same clips, faults and seeds. Where a setting fails, it is
    worse than any other.
    """
    tasks = [task.fresh(number) for number in range(FRESH)]
    cells = [[found[0] for found in fresh.bench.cells(settings, 1)] for fresh in tasks]
    missing = [
        fresh.bench.missing([*chain.from_iterable(of_task)])
        for fresh, of_task in zip(tasks, cells, strict=True)
    ]
    console.print(f"the best trials against the default, on {FRESH} fresh tasks")
    with bars() as progress:
        bar = CellsBar(progress, [*chain.from_iterable(missing)])
        failed: dict[str, str] = {}
        for fresh, of_task in zip(tasks, missing, strict=True):
            failed |= fresh.bench.run(of_task, bar.watch)
    return [
        [
            _value(fresh, of_setting, failed, dropped)
            for fresh, of_setting in zip(tasks, of_settings, strict=True)
        ]
        for of_settings in zip(*cells, strict=True)
    ]


def _value(
    task: Task, cells: Sequence[Cell], failed: Collection[str], dropped: Collection[str]
) -> float:
    if any(cell.name in failed for cell in cells):
        return -math.inf
    figures = task.figures(task.bench.scores(cells))
    return task.value({instance: f for instance, f in figures.items() if instance not in dropped})
