"""`asdbench tune` from end to end: trials, the choice, how far to trust it, and a recipe of it."""

from __future__ import annotations

import contextlib
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Any

from asdbench import metrics, plugins
from asdbench.bench import Bench, Fields
from asdbench.choice import choose
from asdbench.config import build, key, merge, plain
from asdbench.datasets.proxy import UNSEEN_ID, Proxy, family_of
from asdbench.datasets.pseudo_anomalies import VERSION
from asdbench.experiment import Experiment, read
from asdbench.numerics import resolve
from asdbench.plan import Cell
from asdbench.progress import bars, console
from asdbench.reading import dataset_of, read_clips, with_data
from asdbench.runner import default_jobs
from asdbench.search_space import fixed_values, nested, search_space
from asdbench.store import Score, Store
from asdbench.study import Finished, Study
from asdbench.study_mirror import StudyMirror
from asdbench.trust import Trust, beats, objective, saturated, trust
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


@dataclass(frozen=True)
class _Task:
    """What a trial is measured by: clips to run on, a figure an instance, and one for them all."""

    bench: Bench
    figures: Callable[[Iterable[Score]], dict[str, float]]
    value: Callable[[Mapping[str, float]], float]


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
        task = _proxy(real, experiment, held) if asked.objective == "proxy" else _oracle(real)
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
        _search(study, task, fields_of, asked, mirror)
        code = _conclude(study, task, real, fields_of, defaults, asked, given)
        mirror.finish(study.all(), [*(out.folder / "tuned").glob(f"{plugin.name}.*")])
        if mirror.problem:
            console.print(f"MLflow is behind ({mirror.problem}); nothing else is", style="yellow")
        return code


def _proxy(real: Bench, experiment: Experiment, held: contextlib.ExitStack) -> _Task:
    """Pseudo-anomalies on held-out normal training clips; nothing of any test clip."""
    proxy = Proxy(dataset_of(experiment), seed=experiment.seed)
    clips, resolved = read_clips(proxy, experiment, "making pseudo-anomalies")
    store = Store(real.store.folder / "tuning" / f"proxy-{clips.fingerprint[:8]}")
    store.open(clips.test_sets, "the proxy task")
    held.callback(store.close)

    def value(figures: Mapping[str, float]) -> float:
        return objective({instance: auc for instance, auc in figures.items() if _counts(instance)})

    return _Task(replace(real, experiment=resolved, clips=clips, store=store), family_aucs, value)


def _counts(instance: str) -> bool:
    return not instance.endswith(f"/{UNSEEN_ID}")


def family_aucs(scores: Iterable[Score]) -> dict[str, float]:
    """The AUC of each machine type and family, ``fan/speed``.

    The mean over machine IDs, each as heavy as it has held-out normal clips: an AUC against one
    clip is little more than a coin that was tossed.
    """
    normal: dict[tuple[str, str], list[float]] = defaultdict(list)
    pseudo: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for score in scores:
        fault = family_of(score.clip)
        if fault is None:
            normal[score.machine, score.id].append(score.score)
        else:
            pseudo[score.machine, score.id, fault.family].append(score.score)
    by_family = defaultdict(list)
    for (machine, id_, family), faulty in pseudo.items():
        sound = normal[machine, id_]
        labels = [False] * len(sound) + [True] * len(faulty)
        auc = metrics.auc(labels, [*sound, *faulty])
        by_family[f"{machine}/{family}"].append((auc, len(sound)))
    return {
        instance: fmean([auc for auc, _ in aucs], [clips for _, clips in aucs])
        for instance, aucs in sorted(by_family.items())
    }


def _oracle(real: Bench) -> _Task:
    """The true figures of the development subset, which the report then leaves out."""
    subsets = set(real.clips.test_sets)
    if subsets != {"development", "evaluation"}:
        raise ValueError(
            "--objective oracle tunes on the labels of the development subset and reports on the "
            f"evaluation subset; this dataset has {' and '.join(sorted(subsets))} only"
        )

    def figures(scores: Iterable[Score]) -> dict[str, float]:
        return true_figures(scores, "development")

    return _Task(real, figures, lambda found: fmean(found.values()))


def true_figures(scores: Iterable[Score], subset: str | None = None) -> dict[str, float]:
    """The mean of AUC and pAUC of each labelled machine ID, ``fan/id_00``."""
    by_id = defaultdict(list)
    for score in scores:
        if score.anomalous is not None and subset in (None, score.subset):
            by_id[f"{score.machine}/id_{score.id}"].append((score.anomalous, score.score))
    return {
        instance: (metrics.auc(*zip(*of_id)) + metrics.pauc(*zip(*of_id))) / 2  # noqa: B905
        for instance, of_id in sorted(by_id.items())
        if len({label for label, _ in of_id}) == 2
    }


def _search(
    study: Study,
    task: _Task,
    fields_of: Callable[[Mapping[str, Any]], Fields],
    asked: Asked,
    mirror: StudyMirror,
) -> None:
    """Run trials, several at once, until there are as many as asked for."""
    jobs = task.bench.jobs
    with bars() as progress:
        bar = progress.add_task("trials", total=asked.trials)
        batch = study.orphans()
        while batch or (batch := study.ask(jobs, asked.trials)):
            settings = {}
            for trial in batch:
                try:
                    settings[trial] = fields_of(trial.params)
                except ValueError as error:  # the method doesn't take these together
                    study.fail(trial, str(error))
            cells = task.bench.cells([*settings.values()], asked.repeats)
            steps = [[cell for repeat in of_trial for cell in repeat] for of_trial in cells]
            _run_batch(study, task, dict(zip(settings, steps, strict=True)))
            batch = []
            trials = [trial for trial in study.all() if trial.state.is_finished()]
            mirror.update(trials)
            best = max((trial.value for trial in study.finished()), default=float("nan"))
            text = f"{len(trials)} trials, best {best:.3f}"
            progress.update(bar, completed=len(trials), description=text)
            if not console.is_terminal:
                console.print(text)
    if elsewhere := sum(not trial.state.is_finished() for trial in study.all()):
        console.print(
            f"{elsewhere} trials are running in another process, and this choice is without them; "
            "run the same command again when they are done"
        )


def _run_batch(study: Study, task: _Task, cells: Mapping[Any, Sequence[Cell]]) -> None:
    """Run trials beside each other, a cell of each at a time, and stop the hopeless."""
    left = dict(cells)
    for step in range(max(map(len, cells.values()), default=0)):
        failed = task.bench.run([of_trial[step] for of_trial in left.values()])
        for trial, of_trial in list(left.items()):
            cell = of_trial[step]
            if cell.name in failed:
                study.fail(trial, failed[cell.name])
                del left[trial]
                continue
            instances = task.figures(task.bench.scores([cell]))
            for place, figure in enumerate(instances.values()):
                trial.report(figure, 1000 * step + place)
            if step + 1 < len(of_trial) and trial.should_prune():
                study.prune(trial)
                del left[trial]
    for trial, of_trial in left.items():
        figures = _mean_figures(task, of_trial)
        study.tell(trial, task.value(figures), figures)


def _mean_figures(task: _Task, cells: Iterable[Cell]) -> dict[str, float]:
    """Each instance's figure, mean over repeats."""
    by_repeat: dict[int, list[Cell]] = defaultdict(list)
    for cell in cells:
        by_repeat[cell.repeat].append(cell)
    found = [task.figures(task.bench.scores(of_repeat)) for of_repeat in by_repeat.values()]
    return {instance: fmean(figures[instance] for figures in found) for instance in found[0]}


def _conclude(
    study: Study,
    task: _Task,
    real: Bench,
    fields_of: Callable[[Mapping[str, Any]], Fields],
    defaults: Fields,
    asked: Asked,
    experiment: Experiment,
) -> int:
    finished = study.finished()
    if not finished:
        reasons = {trial.user_attrs.get("failed", "") for trial in study.all()}
        raise ValueError(f"no trial ran to its end: {'; '.join(sorted(reasons))}")
    pick, dropped = choose_trial(finished, proxy=asked.objective == "proxy")
    fields = fields_of(pick.params)
    values = _confirm(task, [defaults, fields])
    better, difference, error = beats(values[1], values[0])
    report = _trust(study, task, real, pick, fields_of, defaults, asked.repeats)
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
    print(write(result, study.optuna, real.store.folder / "tuned"), end="")
    return 0


def choose_trial(trials: Sequence[Finished], *, proxy: bool) -> tuple[Finished, set[str]]:
    """The best trial, and the saturated instances that it was chosen without."""
    dropped: set[str] = set()
    if proxy:
        figures = [{i: a for i, a in t.figures.items() if _counts(i)} for t in trials]
        dropped = saturated(figures)
        if dropped == set(figures[0]):
            dropped = set()  # all of them: better a coarse measure than none
        values = [objective(found, dropped) for found in figures]
    else:
        values = [trial.value for trial in trials]
    best = max(range(len(trials)), key=lambda place: (values[place], -trials[place].number))
    return trials[best], dropped


def _confirm(task: _Task, settings: Sequence[Fields]) -> list[list[float]]:
    """The objective of each setting on several seeds."""
    cells = task.bench.cells(settings, SEEDS)
    failed = task.bench.run([cell for s in cells for repeat in s for cell in repeat])
    if failed:
        raise ValueError(f"cells failed: {'; '.join(failed.values())}")
    return [
        [task.value(task.figures(task.bench.scores(repeat))) for repeat in of_setting]
        for of_setting in cells
    ]


def _trust(
    study: Study,
    task: _Task,
    real: Bench,
    pick: Finished,
    fields_of: Callable[[Mapping[str, Any]], Fields],
    defaults: Fields,
    repeats: int,
) -> Trust | None:
    """The true figures of all trials, now that the choice is fixed; None without any labels.

    Trials that were stopped early are run to their end for it.
    """
    subset = None if task.bench is not real else "evaluation"
    if not _labelled(real, subset):
        return None
    with bars() as progress:
        progress.add_task("all trials to their end, and their true figures", total=None)
        trials = sorted(
            [*study.finished(), *_to_their_end(study, task, fields_of, repeats)],
            key=lambda trial: trial.number,
        )
        settings = [fields_of(trial.params) for trial in trials]
        cells = [repeats_of[0] for repeats_of in real.cells([*settings, defaults], 1)]
        failed = real.run([cell for of_setting in cells for cell in of_setting])
    true = [
        None
        if any(cell.name in failed for cell in of_setting)
        else fmean(_by_machine(true_figures(real.scores(of_setting), subset)))
        for of_setting in cells
    ]
    known = [(t, figure) for t, figure in zip(trials, true, strict=False) if figure is not None]
    if true[-1] is None or pick.number not in {trial.number for trial, _ in known}:
        console.print("the pick or the default failed on the real clips: no report of trust")
        return None
    return trust(
        [trial.value for trial, _ in known],
        [dict(_split(trial.figures)) for trial, _ in known],
        [figure for _, figure in known],
        default=true[-1],
        pick=[trial.number for trial, _ in known].index(pick.number),
    )


def _to_their_end(
    study: Study,
    task: _Task,
    fields_of: Callable[[Mapping[str, Any]], Fields],
    repeats: int,
) -> list[Finished]:
    """What trials that were stopped early would have come to."""
    stopped = study.stopped()
    cells = task.bench.cells([fields_of(params) for _, params in stopped], repeats)
    flat = [[cell for repeat in of_trial for cell in repeat] for of_trial in cells]
    failed = task.bench.run([cell for of_trial in flat for cell in of_trial])
    found = []
    for (number, params), of_trial in zip(stopped, flat, strict=True):
        if not any(cell.name in failed for cell in of_trial):
            figures = _mean_figures(task, of_trial)
            found.append(Finished(number, params, task.value(figures), figures))
    return found


def _labelled(real: Bench, subset: str | None) -> bool:
    labels = {
        clip.anomalous
        for clip in real.clips
        if clip.split == "test" and subset in (None, clip.subset)
    }
    return {True, False} <= labels


def _by_machine(figures: Mapping[str, float]) -> list[float]:
    """The mean over IDs of each machine type."""
    by_machine = defaultdict(list)
    for instance, figure in figures.items():
        by_machine[instance.partition("/")[0]].append(figure)
    return [fmean(found) for found in by_machine.values()]


def _split(figures: Mapping[str, float]) -> Iterator[tuple[tuple[str, str], float]]:
    for instance, figure in figures.items():
        machine, _, family = instance.partition("/")
        yield (machine, family), figure
