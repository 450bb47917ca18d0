"""What the terminal shows: plans, bars with the time left, and what the library logs."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    ProgressColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table

from asdbench.engines.events import CellEvent, Done, Epoch, Failed, Lost, Started
from asdbench.execution.progress import Event, Planned, Reading, Running, Searched
from asdbench.results.records import Cell

console = Console(stderr=True, highlight=False, soft_wrap=True)


class Terminal:
    """Shows the events that it is called with, and what is logged meanwhile, on standard error.

    ``note`` stands above a run's plan.
    """

    def __init__(self, note: str = "") -> None:
        self._note = note
        self._handler = _ConsoleHandler()
        self._progress: Progress | None = None
        self._phase: object = None
        self._task = TaskID(0)
        self._cells: _CellsBar | None = None

    def __enter__(self) -> Terminal:
        logger = logging.getLogger("asdbench")
        logger.addHandler(self._handler)
        logger.setLevel(logging.INFO)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._end_phase()
        logging.getLogger("asdbench").removeHandler(self._handler)

    def __call__(self, event: Event) -> None:
        """Show an event."""
        if isinstance(event, Reading):
            self._show_reading(event)
        elif isinstance(event, Planned):
            if self._note:
                console.print(self._note, markup=False)
            _show_plan(event)
        elif isinstance(event, Running):
            self._show_running(event)
        elif isinstance(event, Searched):
            self._show_searched(event)
        elif self._cells:
            self._cells.watch(event)
            if self._cells.over:
                self._end_phase()

    def watch_download(self, title: str, done: int, total: int | None) -> None:
        """Show how far a download or its unpacking is."""
        columns = (DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
        progress = self._in_phase(title, *columns, total=total)
        progress.update(self._task, description=title, completed=done, total=total)

    def listening(self, done: int, total: int) -> None:
        """Show how many clips a detector has listened to."""
        self._show_reading(Reading("listening to clips", done, total))

    def scoring(self, done: int, total: int) -> None:
        """Show how many files are scored."""
        self._show_reading(Reading("scoring files", done, total))

    def watch_writing(self, done: int, total: int) -> None:
        """Show how many clips are written."""
        self._show_reading(Reading("writing clips", done, total))

    def _show_reading(self, event: Reading) -> None:
        progress = self._in_phase(event.what, *_TIMES, total=event.total)
        progress.update(self._task, description=event.what, completed=event.done)
        if event.done == event.total:
            self._end_phase()

    def _show_running(self, event: Running) -> None:
        if event.what:
            console.print(event.what)
        if event.cells:
            progress = self._in_phase(event, *_TIMES, total=len(event.cells))
            self._cells = _CellsBar(progress, self._task, event.cells)

    def _show_searched(self, event: Searched) -> None:
        text = f"{event.done} of {event.trials} trials"
        if event.best is not None:
            text += f", best {event.best:.3f}"
        progress = self._in_phase("trials", *_TIMES, total=event.trials)
        progress.update(self._task, completed=event.done, description=text)
        if not console.is_terminal:
            console.print(text)

    def _in_phase(self, phase: object, *columns: ProgressColumn, total: int | None) -> Progress:
        """The bar of this phase, begun if another one is shown."""
        if self._progress is None or self._phase != phase:
            self._end_phase()
            self._phase = phase
            self._progress = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                *columns,
                console=console,
                transient=True,
                disable=not console.is_terminal,
            )
            self._task = self._progress.add_task("starting", total=total)
            self._progress.start()
        return self._progress

    def _end_phase(self) -> None:
        if self._progress is not None:
            self._progress.stop()
        self._progress = self._phase = self._cells = None


class _CellsBar:
    """The bar of a run, moved by its events; where there is no terminal, a line a cell."""

    def __init__(self, progress: Progress, task: TaskID, cells: Sequence[Cell]) -> None:
        self._progress, self._task, self._total = progress, task, len(cells)
        self._shares: dict[str, float] = {}
        self._ended = self._epochs = 0
        self._began: dict[str, float] = {}

    @property
    def over(self) -> bool:
        """Whether every cell has ended."""
        return self._ended == self._total

    def watch(self, event: CellEvent) -> None:
        """Move the bar."""
        name = event.cell.name
        if isinstance(event, Started):
            self._began[name] = time.monotonic()
        elif isinstance(event, Epoch):
            self._epochs += 1
            self._shares[name] = 0.98 * event.done  # the rest is scoring
        elif isinstance(event, Lost):
            self._shares[name] = 0.0
            console.print(f"lost, so it runs again: {name} ({event.reason})", style="yellow")
        else:
            self._ended += 1
            self._shares[name] = 1.0
            self._say_ended(event)
        text = f"{self._ended} of {self._total} cells, {self._epochs} epochs"
        self._progress.update(self._task, completed=sum(self._shares.values()), description=text)

    def _say_ended(self, event: Done | Failed) -> None:
        if isinstance(event, Failed):
            console.print(f"failed: {event.cell.name}: {event.reason}", style="red", markup=False)
        elif not console.is_terminal:
            took = time.monotonic() - self._began[event.cell.name]
            part = f" {event.cell.machine}" if event.cell.machine else ""
            console.print(
                f"[{self._ended}/{self._total}] {event.cell.method}{part} repeat "
                f"{event.cell.repeat}: {took:.1f} s",
                markup=False,
            )


class _ConsoleHandler(logging.Handler):
    """Prints what the library logs, warnings in yellow."""

    def emit(self, record: logging.LogRecord) -> None:
        style = "yellow" if record.levelno >= logging.WARNING else None
        console.print(record.getMessage(), style=style, markup=False)


_TIMES = (
    TimeElapsedColumn(),
    TextColumn("elapsed,"),
    TimeRemainingColumn(),
    TextColumn("left"),
)


def _show_plan(event: Planned) -> None:
    """What there is to run, how much of it is done, and how long the rest may take."""
    table = Table(
        title=f"{event.benchmark}: {event.repeats} repeats, {event.jobs} cells at once"
        f"{event.place}",
        title_justify="left",
    )
    for column in ("row", "cells", "done", "estimate"):
        table.add_column(column, justify="left" if column == "row" else "right")
    for row in event.rows:
        table.add_row(row.label, str(row.cells), str(row.done), _duration(row.seconds))
    console.print(table)
    if event.seconds:
        console.print(f"about {_duration(event.seconds)} in all")


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return "after the first epochs"
    if seconds == 0:
        return "-"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
