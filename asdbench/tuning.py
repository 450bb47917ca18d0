"""`asdbench tune` from end to end: trials, the choice, how far to trust it, and a recipe of it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from asdbench import plugins
from asdbench.bench import Bench, Fields
from asdbench.choice import choose
from asdbench.config import build, key, merge, plain
from asdbench.datasets.pseudo_anomalies import VERSION
from asdbench.experiment import Experiment, read
from asdbench.numerics import resolve
from asdbench.progress import console
from asdbench.reading import dataset_of, read_clips, with_data
from asdbench.runner import default_jobs
from asdbench.search import Search
from asdbench.search_space import fixed_values, nested, search_space
from asdbench.store import Store
from asdbench.study import Finished, Study
from asdbench.study_mirror import StudyMirror
from asdbench.tasks import Task, counts, oracle_task, proxy_task
from asdbench.trust import beats, objective, saturated
from asdbench.truth import report_of
from asdbench.tuned import Result, write

SEEDS = 3  # that the pick has to beat the default on


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
    experiment = replace(given, numerics=resolve(given.numerics))
    choice = choose(experiment, [asked.method])
    defaults = choice.rows[0].fields
    space = search_space(plugin.load(), defaults, narrowed, f"tune.{plugin.name}")
    dataset = dataset_of(experiment)
    clips, resolved = read_clips(dataset, experiment)
    out = Store(asked.out or Path("runs") / benchmark)
    jobs = asked.jobs or default_jobs(experiment.numerics.device)
    out.open(clips.test_sets, f"{benchmark}, {len(clips.where(split='test'))} test clips")
    with contextlib.ExitStack() as held:
        held.callback(out.close)
        real = Bench(resolved, plugin, clips, out, jobs)
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
        mirror.finish(study.all(), [*(out.folder / "tuned").glob(f"{plugin.name}.*")])
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
    pick, dropped = choose_trial(finished, proxy=asked.objective == "proxy")
    fields = search.fields_of(pick.params)
    values = _confirm(search.task, [defaults, fields])
    better, difference, error = beats(values[1], values[0])
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
        dropped=sorted(dropped),
        trust=report,
    )
    return write(result, study.optuna, real.store.folder / "tuned")


def choose_trial(trials: Sequence[Finished], *, proxy: bool) -> tuple[Finished, set[str]]:
    """The best trial, and the saturated instances that it was chosen without."""
    dropped: set[str] = set()
    if proxy:
        figures = [{i: a for i, a in t.figures.items() if counts(i)} for t in trials]
        dropped = saturated(figures)
        if dropped == set(figures[0]):
            dropped = set()  # all of them: better a coarse measure than none
        values = [objective(found, dropped) for found in figures]
    else:
        values = [trial.value for trial in trials]
    best = max(range(len(trials)), key=lambda place: (values[place], -trials[place].number))
    return trials[best], dropped


def _confirm(task: Task, settings: Sequence[Fields]) -> list[list[float]]:
    """The objective of each setting on several seeds."""
    cells = task.bench.cells(settings, SEEDS)
    failed = task.bench.run([cell for s in cells for repeat in s for cell in repeat])
    if failed:
        raise ValueError(f"cells failed: {'; '.join(failed.values())}")
    return [
        [task.value(task.figures(task.bench.scores(repeat))) for repeat in of_setting]
        for of_setting in cells
    ]
