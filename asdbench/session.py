"""`asdbench run` from end to end: dataset, plan, cells, boards, mirror."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from asdbench.boards import all_written, write_boards
from asdbench.choice import choose
from asdbench.clips import Clips
from asdbench.engines import Engine, engine_for
from asdbench.executors import Event
from asdbench.experiment import read
from asdbench.plan import Plan, plan
from asdbench.progress import CellsBar, bars, console, show_changed_code, show_plan
from asdbench.reading import dataset_of, read_clips, with_data
from asdbench.results import board, made_from
from asdbench.runner import Finished, keep_rows, run
from asdbench.store import Store
from asdbench.tracking import Mirror, up_to_date, uri_of


@dataclass(frozen=True)
class Asked:
    """What a user asked for with `asdbench run`."""

    experiment: str
    methods: Sequence[str]
    data: Path | None
    flags: Mapping[str, Any]
    jobs: int | None
    engine: str
    out: Path | None
    force: bool


def run_experiment(asked: Asked) -> int:
    """Plan, run what is missing, render and mirror; the exit code."""
    name, experiment = read(asked.experiment, [asked.flags])
    choice = choose(experiment, asked.methods)  # a typing error should not cost the decoding
    benchmark = f"{name}-{asked.data.resolve().name}" if asked.data else name
    experiment = with_data(experiment, asked.data)
    engine, experiment = engine_for(asked.engine, asked.jobs, experiment)
    store = Store(asked.out or Path("runs") / benchmark)
    if not store.folder.exists():
        engine.warm_up()  # there will be something to run: let it load while the clips are read
    clips, experiment = read_clips(dataset_of(experiment), experiment)
    planned = plan(benchmark, experiment, choice, clips)
    for problem in planned.broken:
        console.print(f"left out: {problem}", style="red")
    store.open(clips.test_sets, f"{benchmark}, {len(clips.where(split='test'))} test clips")
    try:
        if asked.data and name != "paper":
            console.print(f"the recipe is {name!r}, not the paper's")
        show_plan(planned, store, engine, asked.force)
        show_changed_code(planned, store)
        finished = _run(planned, clips, store, engine, asked.force)
    finally:
        store.close()
    sys.stdout.write((store.folder / "leaderboard.md").read_text(encoding="utf-8"))
    return _report(finished, store)


def _run(planned: Plan, clips: Clips, store: Store, engine: Engine, force: bool) -> Finished:
    """Run with a mirror and a progress bar; an idle run starts neither."""
    keep_rows(planned, clips, store)
    missing = [cell for cell in planned.cells if force or not store.done(cell.name)]
    if not missing and _all_fresh(store):
        return Finished(0, len(planned.cells), (), planned.broken)
    mirror = Mirror(store)
    with bars() as progress:
        bar = CellsBar(progress, missing)

        def watch(event: Event) -> None:
            mirror.watch(event)
            bar.watch(event)

        finished = run(planned, missing, clips, store, engine=engine, watch=watch)
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


def _all_fresh(store: Store) -> bool:
    """Whether boards and mirror show what is in the folder already."""
    now = made_from(store)
    return all_written(store, now) and up_to_date(store, now)


def _report(finished: Finished, store: Store) -> int:
    """Say what came of it; the exit code."""
    for failed in finished.failed:
        where = store.cell_folder(failed.cell.name) / "error.txt"
        console.print(f"failed: {failed.cell.name}: {failed.reason} (see {where})", style="red")
    for problem in finished.broken:
        console.print(f"broken: {problem}", style="red")
    console.print(f"{finished.ran} cells run, {finished.kept} kept from before; in {store.folder}")
    return int(bool(finished.failed or finished.broken))
