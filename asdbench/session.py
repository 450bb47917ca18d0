"""What the commands do around a run: dataset, plan, progress, boards, mirror."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from asdbench import plugins
from asdbench.clips import Clips
from asdbench.config import build
from asdbench.datasets import load
from asdbench.executors import Done, Epoch, Event, Failed, Started, warm_up
from asdbench.experiment import Experiment, read
from asdbench.numerics import resolve
from asdbench.plan import Cell, Plan, choose, plan
from asdbench.results import Board, board, made_from
from asdbench.runner import Finished, default_jobs, keep_rows, run
from asdbench.store import Store
from asdbench.tracking import Mirror, up_to_date, uri_of

console = Console(stderr=True, highlight=False, soft_wrap=True)


@dataclass(frozen=True)
class Asked:
    """What a user asked for with `asdbench run`."""

    experiment: str
    methods: Sequence[str]
    data: Path | None
    flags: Mapping[str, Any]
    jobs: int | None
    out: Path | None
    force: bool


def run_experiment(asked: Asked) -> int:
    """Plan, run what is missing, render and mirror; the exit code."""
    name, experiment = read(asked.experiment, [asked.flags])
    choice = choose(experiment, asked.methods)  # a typing error should not cost the decoding
    benchmark = f"{name}-{asked.data.resolve().name}" if asked.data else name
    experiment = replace(experiment, numerics=resolve(experiment.numerics))
    if asked.data:
        experiment = replace(experiment, dataset={"name": "dcase2020", "path": str(asked.data)})
    store = Store(asked.out or Path("runs") / benchmark)
    if not store.folder.exists():
        warm_up()  # there will be something to run: let it load while the clips are read
    clips, experiment = open_dataset(experiment)
    planned = plan(benchmark, experiment, choice, clips)
    for problem in planned.broken:
        console.print(f"left out: {problem}", style="red")
    store.open(clips.test_set, f"{benchmark}, {len(clips.where(split='test'))} test clips")
    try:
        jobs = asked.jobs or default_jobs(experiment.numerics.device)
        if asked.data and name != "paper":
            console.print(f"the recipe is {name!r}, not the paper's")
        _show_plan(planned, store, jobs, asked.force)
        finished = _run(planned, clips, store, jobs, asked.force)
    finally:
        store.close()
    sys.stdout.write((store.folder / "leaderboard.md").read_text(encoding="utf-8"))
    return _report(finished, store)


def open_dataset(experiment: Experiment) -> tuple[Clips, Experiment]:
    """The clips of an experiment's dataset, and the experiment with the clip length resolved."""
    fields = dict(experiment.dataset)
    name = fields.pop("name", None)
    if not isinstance(name, str):
        raise ValueError('dataset has no name; add name = "synthetic" or another')
    dataset = build(plugins.load(plugins.DATASETS, name), fields, f"dataset {name}")
    with _bars() as progress:
        bar = progress.add_task("reading clips", total=None, visible=False)

        def advance(done: int, total: int) -> None:
            progress.update(bar, completed=done, total=total, visible=True)

        clips, frontend, notes = load(dataset.recordings(), experiment.frontend, advance)
    for note, count in notes.items():
        console.print(f"{count} of {len(clips)} clips: {note}")
    return clips, replace(experiment, frontend=frontend)


def _run(planned: Plan, clips: Clips, store: Store, jobs: int, force: bool) -> Finished:
    """Run with a mirror and a progress bar; an idle run starts neither."""
    keep_rows(planned, store)
    missing = [cell for cell in planned.cells if force or not store.done(cell.name)]
    if not missing and _all_fresh(store):
        return Finished(0, len(planned.cells), (), planned.broken)
    mirror = Mirror(store)
    with _bars() as progress:
        bar = _CellsBar(progress, missing)

        def watch(event: Event) -> None:
            mirror.watch(event)
            bar.watch(event)

        finished = run(planned, missing, clips, store, jobs=jobs, watch=watch)
    made = board(store)
    problems = write_boards(store, made)
    mirror.finish(made)
    if mirror.problem:
        console.print(
            f"MLflow at {uri_of(store)} is behind ({mirror.problem}); the results are safe in "
            f"{store.folder}: the next run, or `asdbench ui`, brings it up to date",
            style="yellow",
        )
    return replace(finished, broken=(*finished.broken, *problems))


def write_boards(store: Store, made: Board) -> list[str]:
    """Write the leaderboard in every format that is installed; what is broken."""
    problems = []
    for name, plugin in plugins.available(plugins.LEADERBOARDS).items():
        try:
            render = plugin.load()
        except plugins.BrokenPluginError as error:
            problems.append(str(error))
            continue
        store.write(f"leaderboard.{name}", render(made))
    return problems


def open_ui(store: Store, port: int) -> int:
    """Bring MLflow up to date and serve its page until Ctrl-C."""
    console.print("bringing MLflow up to date ...")
    mirror = Mirror(store)
    mirror.finish(board(store))
    if mirror.problem:
        raise ValueError(f"MLflow at {uri_of(store)} can't be brought up to date: {mirror.problem}")
    console.print(f"MLflow is at http://127.0.0.1:{port}; Ctrl-C ends it")
    command = [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", uri_of(store)]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    quiet = os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    return subprocess.run(command, env=quiet, check=False).returncode


def write_tree(name: str, folder: Path) -> str:
    """Write an experiment's synthetic clips as 16-bit wav files in the DCASE 2020 layout."""
    import soundfile

    _, experiment = read(name)
    fields = dict(experiment.dataset)
    if fields.pop("name", None) != "synthetic":
        raise ValueError(f"experiment {name!r} does not use the synthetic dataset")
    if folder.exists() and any(folder.iterdir()):
        raise ValueError(f"{folder} is not empty; give a new folder")
    dataset = build(plugins.load(plugins.DATASETS, "synthetic"), fields, "dataset synthetic")
    tops = {"development": "dev_data", "evaluation": "eval_data"}
    recordings = dataset.recordings()
    with _bars() as progress:
        for clip, source in progress.track(recordings, description="writing clips"):
            samples, rate = source.read()
            path = folder / tops[clip.subset] / clip.machine / clip.split / clip.name
            path.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(path, samples, rate, subtype="PCM_16")
    return f"{len(recordings)} clips are in {folder}"


def _all_fresh(store: Store) -> bool:
    """Whether boards and mirror show what is in the folder already."""
    now = made_from(store)
    path = store.folder / "leaderboard.json"
    names = plugins.available(plugins.LEADERBOARDS)
    written = all((store.folder / f"leaderboard.{name}").exists() for name in names)
    if not written or json.loads(path.read_text(encoding="utf-8"))["made_from"] != now:
        return False
    return up_to_date(store, now)


class _CellsBar:
    """The bar of a run, moved by its events; where there is no terminal, a line a cell."""

    def __init__(self, progress: Progress, missing: Sequence[Cell]) -> None:
        self._progress = progress
        self._bar = progress.add_task("starting", total=len(missing), visible=bool(missing))
        self._total = len(missing)
        self._shares: dict[str, float] = {}
        self._ended = self._epochs = 0
        self._began: dict[str, float] = {}

    def watch(self, event: Event) -> None:
        """Move the bar."""
        name = event.cell.name
        if isinstance(event, Started):
            self._began[name] = time.monotonic()
        elif isinstance(event, Epoch):
            self._epochs += 1
            self._shares[name] = 0.98 * event.done  # the rest is scoring
        else:
            self._ended += 1
            self._shares[name] = 1.0
            self._say_ended(event)
        text = f"{self._ended} of {self._total} cells, {self._epochs} epochs"
        self._progress.update(self._bar, completed=sum(self._shares.values()), description=text)

    def _say_ended(self, event: Done | Failed) -> None:
        if isinstance(event, Failed):
            self._progress.console.print(f"failed: {event.cell.name}: {event.reason}", style="red")
        elif not self._progress.console.is_terminal:
            took = time.monotonic() - self._began[event.cell.name]
            part = f" {event.cell.machine}" if event.cell.machine else ""
            self._progress.console.print(
                f"[{self._ended}/{self._total}] {event.cell.method}{part} repeat "
                f"{event.cell.repeat}: {took:.1f} s",
                markup=False,
            )


def _bars() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("elapsed,"),
        TimeRemainingColumn(),
        TextColumn("left"),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _show_plan(planned: Plan, store: Store, jobs: int, force: bool) -> None:
    """What there is to run, how much of it is done, and how long the rest may take."""
    table = Table(
        title=f"{planned.experiment}: {planned.recipe.repeats} repeats, {jobs} cells at once",
        title_justify="left",
    )
    for column in ("row", "cells", "done", "estimate"):
        table.add_column(column, justify="left" if column == "row" else "right")
    total: float | None = 0.0
    for row in planned.rows:
        cells = [cell for repeat in row.cells for cell in repeat]
        done = [] if force else [cell for cell in cells if store.done(cell.name)]
        left = len(cells) - len(done)
        known = _seconds_of(store, row.method)
        estimate = 0.0 if not left else known and known * left
        total = None if total is None or estimate is None else total + estimate
        table.add_row(row.label, str(len(cells)), str(len(done)), _duration(estimate))
    console.print(table)
    if total:
        console.print(f"about {_duration(total / jobs)} in all")


def _seconds_of(store: Store, method: str) -> float | None:
    """How long a cell of this method took here, by the cells that are done."""
    records = [store.cell(path.name) for path in store.folder.glob(f"cells/{method}-*")]
    seconds = [record["seconds"] for record in records if record]
    return statistics.median(seconds) if seconds else None


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return "after the first epochs"
    if seconds == 0:
        return "-"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return (
        f"{hours} h {minutes} min"
        if hours
        else f"{minutes} min {rest} s"
        if minutes
        else f"{rest} s"
    )


def _report(finished: Finished, store: Store) -> int:
    """Say what came of it; the exit code."""
    for failed in finished.failed:
        where = store.cell_folder(failed.cell.name) / "error.txt"
        console.print(f"failed: {failed.cell.name}: {failed.reason} (see {where})", style="red")
    for problem in finished.broken:
        console.print(f"broken: {problem}", style="red")
    console.print(f"{finished.ran} cells run, {finished.kept} kept from before; in {store.folder}")
    return int(bool(finished.failed or finished.broken))
