"""What a run shows of itself: its plan, a bar with the time left, whose code has changed."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from asdbench.engines import Engine
from asdbench.executors import Done, Epoch, Event, Failed, Lost, Started
from asdbench.plan import Cell, Plan
from asdbench.store import Store

console = Console(stderr=True, highlight=False, soft_wrap=True)


def bars() -> Progress:
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


class CellsBar:
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
        elif isinstance(event, Lost):
            self._shares[name] = 0.0
            self._progress.console.print(
                f"lost, so it runs again: {name} ({event.reason})", style="yellow"
            )
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


def show_plan(planned: Plan, store: Store, engine: Engine, force: bool) -> None:
    """What there is to run, how much of it is done, and how long the rest may take."""
    table = Table(
        title=f"{planned.experiment}: {planned.recipe.repeats} repeats, {engine.jobs} cells at once"
        f"{engine.place}",
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
        console.print(f"about {_duration(total / engine.jobs)} in all")


def show_changed_code(planned: Plan, store: Store) -> None:
    """Say whose results were made by other code than today's: code is no part of a cell's key."""
    for method in sorted({row.method for row in planned.rows}):
        now = planned.plugins[method].source
        cells = [store.cell(cell.name) for cell in planned.cells if cell.method == method]
        old = sum(cell["facts"]["source"] != now for cell in cells if cell)
        if old:
            console.print(
                f"the code of {method} has changed since {old} of its cells were run; "
                "--force runs them again",
                style="yellow",
            )


def _seconds_of(store: Store, method: str) -> float | None:
    """How long a cell of this method took here, by the cells that are done."""
    records = [store.cell(path.name) for path in store.folder.glob(f"cells/{method}-*")]
    seconds = [record["seconds"] for record in records if record and record["seconds"]]
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
