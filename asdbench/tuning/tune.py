"""A tuning from end to end: trials, the choice, how far to trust it, and a recipe of it."""

from __future__ import annotations

import contextlib
import logging
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from asdbench.config import plugins
from asdbench.config.experiment import Experiment, resolve
from asdbench.config.imports import undisturbed
from asdbench.config.keys import key, plain
from asdbench.config.names import nested
from asdbench.config.schema import build, merge
from asdbench.config.selection import choose
from asdbench.data.clips import Clips
from asdbench.data.loading import dataset_of, protocol_of
from asdbench.data.proxy.families import VERSION
from asdbench.engines.engine import Engine
from asdbench.execution.progress import Watch
from asdbench.execution.run import purpose, read_clips
from asdbench.results.store import Store
from asdbench.tracking.mirror import Mirror
from asdbench.tracking.place import without_password
from asdbench.tracking.trials import StudyName, TrialRecord
from asdbench.tuning.finalists import pick
from asdbench.tuning.left import write, write_page
from asdbench.tuning.objective import (
    TUNED_ON,
    Objective,
    oracle_objective,
    proxy_objective,
)
from asdbench.tuning.result import Result
from asdbench.tuning.search import Search
from asdbench.tuning.space import Field, fixed_values, search_space, up_to_clips
from asdbench.tuning.study import Study, figures_of
from asdbench.tuning.trials import Bench, Fields
from asdbench.tuning.trust import Trust, report_of

_log = logging.getLogger(__name__)

MEANT = {
    "proxy": "mean of the logits of AUC over the families of pseudo-anomalies, higher is better",
    "oracle": "mean of AUC and pAUC over the machine IDs of the development subset",
}


@dataclass(frozen=True)
class Tuned:
    """What a tuning found.

    Attributes:
        method: The method's name.
        fields: All of its fields: of the chosen trial where that is better, else the default's.
        better: Whether the chosen trial beat the default on fresh tasks.
        recipe: An experiment file with the tuned row in it.
        report: The text of the report, Markdown.
        trust: How far to trust the choice; None where there are no labels to say.
    """

    method: str
    fields: Fields
    better: bool
    recipe: Path
    report: str
    trust: Trust | None


@dataclass(frozen=True)
class Asked:
    """What is to be tuned, by what, and where: ``file`` is how the method was asked for."""

    file: str
    base: str
    benchmark: str
    experiment: Experiment
    objective: str
    trials: int
    repeats: int
    out: Path


def tune(asked: Asked, engine: Engine, watch: Watch) -> Tuned:
    """Search, choose, report. Raises ``ValueError`` where nothing could be chosen."""
    plugin = plugins.find(plugins.METHODS, asked.file)  # whose name isn't that of its file
    narrowed = asked.experiment.tune.get(plugin.name, {})
    of_method = asked.experiment.tables.get(plugin.name, {})
    fixed = {plugin.name: merge(of_method, fixed_values(narrowed))}
    methods = {**asked.experiment.tables, **fixed}
    experiment = replace(asked.experiment, variants={}, tuned={}, methods=methods)
    defaults = choose(experiment, [asked.file], engine.ask).rows[0].fields
    with undisturbed():
        cls = plugin.load()
    space = search_space(cls, defaults, narrowed, f"tune.{plugin.name}")
    dataset = dataset_of(experiment.dataset)
    clips, frontend, tags = read_clips(dataset, experiment.frontend, watch)
    about = purpose(asked.benchmark, clips)
    out = Store(asked.out)
    with contextlib.ExitStack() as held:
        held.enter_context(out.opened(clips.test_sets, about, tags, protocol_of(dataset)))
        recipe = resolve(experiment, asked.benchmark, frontend=frontend, numerics=engine.numerics)
        real = Bench(recipe, plugin, clips, out, engine, watch)
        proxy = asked.objective == "proxy"
        objective = proxy_objective(real, experiment, held) if proxy else oracle_objective(real)
        space = up_to_clips(space, _fewest(objective.bench.clips), f"tune.{plugin.name}")
        study = _study(asked, objective, space, defaults)

        def fields_of(params: Mapping[str, Any]) -> Fields:
            return plain(build(cls, merge(defaults, nested(params)), plugin.name))

        search = Search(study, objective, fields_of, asked.repeats)
        name = StudyName(asked.benchmark, study.name, plugin.name, study.shared)
        mirror = Mirror(out, study=name)
        try:
            search.run(asked.trials, lambda study: mirror.show(_records(study)))
            tuned = _concluded(search, real, defaults, replace(asked, experiment=experiment))
            left = sorted(tuned.recipe.parent.glob(f"{tuned.recipe.stem}.*"))
            mirror.finish(trials=_records(study), files=left)
        finally:
            mirror.close()
        if mirror.problem:
            _log.warning("MLflow is behind (%s); nothing else is", without_password(mirror.problem))
        return tuned


def _fewest(clips: Clips) -> int:
    """Training clips of the machine ID that has the fewest, but some."""
    trained = Counter((clip.machine, clip.id) for clip in clips if clip.split == "train")
    return min(trained.values(), default=0)


def _study(
    asked: Asked, objective: Objective, space: Mapping[str, Field], defaults: Fields
) -> Study:
    """The study, named by all that its trials have in common."""
    bench = objective.bench
    recipe, plugin = bench.recipe, bench.plugin
    spaces = {field: found.space for field, found in space.items()}
    about = [asked.objective, asked.repeats, spaces, defaults, bench.clips.fingerprint]
    about += [recipe.frontend, recipe.numerics, recipe.seed, VERSION]
    meant = f"{plugin.name} on {asked.benchmark}: {MEANT[asked.objective]}"
    study = Study(
        f"{asked.benchmark}-{plugin.name}-{asked.objective}-{key(about)}",
        bench.store.folder,
        space,
        seed=recipe.seed,
        url=os.environ.get("OPTUNA_STORAGE"),
        source=plugin.source,
        about=f"{meant}; trial 0 is the default",
    )
    study.begin_with({field: space[field].default for field in space})
    return study


def _concluded(search: Search, real: Bench, defaults: Fields, asked: Asked) -> Tuned:
    """Choose and write it down; then look at the truth, and write that down beside it."""
    study = search.study
    picked = pick(search, defaults)
    searched = nested({name: field.default for name, field in study.space.items()})
    result = Result(
        method=real.plugin.name,
        file=asked.file,
        experiment=asked.experiment,
        base=asked.base,
        objective=asked.objective,
        trials=study.all(),
        picked=picked,
        defaults=merge(searched, defaults),
        old=study.of_other_code(),
        out=real.store.folder,
        subset=" and ".join(sorted({clip.subset for clip in search.objective.bench.clips}))
        if search.objective.kind == "proxy"
        else TUNED_ON,
    )
    write(result)
    result = replace(result, trust=report_of(search, real, picked.trial, defaults))
    text = write(result)
    write_page(result, study.optuna)
    return Tuned(
        method=result.method,
        fields=result.fields,
        better=picked.verdict.better,
        recipe=result.recipe,
        report=text,
        trust=result.trust,
    )


def _records(study: Study) -> list[TrialRecord]:
    """The trials that are over, as the mirror takes them."""
    return [
        TrialRecord(
            number=trial.number,
            state=trial.state.name,
            value=trial.value,
            params=trial.params,
            figures={"/".join(instance): f for instance, f in figures_of(trial).items()},
        )
        for trial in study.all()
        if trial.state.is_finished()
    ]
