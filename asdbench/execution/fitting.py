"""Fit a method on training clips alone, and make a detector of it: a run without a test."""

from __future__ import annotations

import shutil
from pathlib import Path

from asdbench.config.experiment import Experiment, resolve
from asdbench.config.selection import Choice
from asdbench.data.clips import Clips
from asdbench.data.decode import AUTO
from asdbench.data.loading import dataset_of, recordings_of
from asdbench.detector.chosen import ALL, FIRST
from asdbench.detector.make import Training, make
from asdbench.engines.engine import Engine
from asdbench.evaluation.limits import Rule
from asdbench.execution.driver import recipe_of, run
from asdbench.execution.plan import Plan, plan
from asdbench.execution.progress import Reading, Running, Watch, state_of_rows
from asdbench.execution.run import read_recordings
from asdbench.results.rows import keep_rows
from asdbench.results.store import Store


def fit(
    experiment: Experiment,
    benchmark: str,
    choice: Choice,
    engine: Engine,
    *,
    to: Path,
    threshold: str,
    watch: Watch,
) -> Path:
    """Fit the chosen row on all training clips, and write a detector of all its repeats to ``to``.

    What was fitted lies beside it until the detector is whole, so that one that is stopped goes on.
    Raises ``ValueError`` where a fit fails, or the choice is no single method.
    """
    Rule.of(threshold)
    if len(choice.rows) != 1 or choice.ensembles:
        raise ValueError("name one method, or one variant, to fit a detector of")
    recordings = [
        recording
        for recording in recordings_of(dataset_of(experiment.dataset))
        if recording.clip.split != "test"
    ]
    clips, frontend, oddities, _ = read_recordings(recordings, experiment.frontend, watch)
    recipe = resolve(experiment, benchmark, frontend=frontend, numerics=engine.numerics)
    planned = plan(recipe, choice, clips, test=False)
    store = Store(to.with_name(f".{to.name}.fitting"))
    sources = (recordings[0].source, *recordings[0].more)
    channels = tuple(getattr(source, "channel", AUTO) for source in sources)
    said = tuple(one.what for one in oddities)
    with store.opened({}, benchmark):
        _run_all(planned, clips, store, engine, watch)
        made = make(
            store,
            planned.rows[0].label,
            to,
            repeats=ALL if experiment.repeats > 1 else FIRST,
            threshold=threshold,
            training=Training(clips.where(split="train"), channels, said),
            progress=lambda done, total: watch(Reading("listening to clips", done, total)),
        )
    shutil.rmtree(store.folder)
    return made


def _run_all(planned: Plan, clips: Clips, store: Store, engine: Engine, watch: Watch) -> None:
    """Run the cells that aren't done. Raises ``ValueError`` where one fails."""
    keep_rows(store, planned.rows, planned.recipe.benchmark, recipe_of(planned, clips))
    missing = [cell for cell in planned.cells if not store.intact(cell.name)]
    watch(state_of_rows(planned, missing, store, engine))
    watch(Running(missing))
    failed = run(missing, planned.plugins, clips, store, engine=engine, watch=watch)
    if failed:
        where = store.cell_folder(failed[0].cell.name) / "error.txt"
        raise ValueError(f"{failed[0].cell.name} failed: {failed[0].reason} (see {where})")
