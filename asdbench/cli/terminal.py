"""What the terminal shows while something runs: plans, bars with the time left, what is logged."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterable
from types import TracebackType

from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from asdbench.cli.cells import CellsShown
from asdbench.cli.words import duration, many, plain
from asdbench.execution.progress import Event, Planned, Reading, Running, Searched, Written


class PlainConsole(Console):
    """Shows names as text, whatever a terminal would do at them; they are as wide as they were."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=plain(segment.text))


# What moves is for somebody who watches: not for a log, were it asked for colours, and not for a
# terminal that can't go back.
console = PlainConsole(
    stderr=True,
    highlight=False,
    soft_wrap=True,
    force_interactive=sys.stderr.isatty() and os.environ.get("TERM") not in {"dumb", "unknown"},
)


class Terminal:
    """Shows the events that it is called with, and what is logged meanwhile, on standard error.

    ``first`` is shown at once, until there is an event; ``note`` stands above a run's plan.
    """

    def __init__(self, note: str = "", first: str = "") -> None:
        self._note, self._first = note, first
        self._handler = _ConsoleHandler()
        self._progress: Progress | None = None
        self._phase: object = None
        self._task = TaskID(0)
        self._cells: CellsShown | None = None
        self._expected: dict[str, float] = {}

    def __enter__(self) -> Terminal:
        logger = logging.getLogger("asdbench")
        logger.addHandler(self._handler)
        logger.setLevel(logging.INFO)
        if self._first:
            self._wait_for(self._first)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._end_phase()
        logging.getLogger("asdbench").removeHandler(self._handler)

    def __call__(self, event: Event) -> None:
        """Show an event."""
        if isinstance(event, Reading):
            self._show_reading(event)
        elif isinstance(event, Planned):
            self._end_phase()
            if self._note:
                console.print(self._note, markup=False)
            self._expected = expected(event)
            show_plan(event)
        elif isinstance(event, Running):
            self._show_running(event)
        elif isinstance(event, Written):
            self._wait_for("MLflow is brought up to date")
        elif isinstance(event, Searched):
            self._show_searched(event)
        elif self._cells:
            self._cells.watch(event)
            if self._cells.over:
                self._wait_for("the leaderboard is made")

    def pause(self) -> None:
        """Show nothing that moves until the next event: something is to be printed."""
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
        self._end_phase()
        if event.what:
            console.print(event.what, markup=False)
        if event.cells:
            self._cells = CellsShown(console, event.cells, event.labels, self._expected)

    def _show_searched(self, event: Searched) -> None:
        text = f"{event.done} of {many(event.trials, 'trial')}"
        if event.best is not None:
            text += f", best {event.best:.3f}"
        progress = self._in_phase("trials", *_TIMES, total=event.trials)
        progress.update(self._task, completed=event.done, description=text)
        if not console.is_interactive:
            console.print(text)

    def _wait_for(self, what: str) -> None:
        """Show that something is done that can't say how far it is."""
        self._in_phase(f"{what} ...", TimeElapsedColumn(), total=None)

    def _in_phase(self, phase: object, *columns: ProgressColumn, total: int | None) -> Progress:
        """The bar of this phase, begun if another one is shown."""
        if self._progress is None or self._phase != phase:
            self._end_phase()
            self._phase = phase
            self._progress = Progress(
                TextColumn("{task.description}", markup=False),
                *((SpinnerColumn("line"),) if total is None else (BarColumn(),)),
                *columns,
                console=console,
                transient=True,
                disable=not console.is_interactive,
            )
            self._task = self._progress.add_task(str(phase), total=total)
            self._progress.start()
        return self._progress

    def _end_phase(self) -> None:
        if self._progress is not None:
            self._progress.stop()
        if self._cells is not None:
            self._cells.close()
        self._progress = self._phase = self._cells = None


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


def show_plan(event: Planned, unknown: str = "after the first epochs") -> None:
    """What there is to run, how much of it is done, and how long the rest may take."""
    title = (
        f"{event.benchmark}: {many(event.repeats, 'repeat')}, {many(event.jobs, 'cell')} at once"
        f"{event.place}"
    )
    console.print(title, markup=False)
    table = Table()
    for column in ("row", "cells", "done", "estimate"):
        left = column == "row"
        table.add_column(column, justify="left" if left else "right", no_wrap=not left)
    for row in event.rows:
        estimate = unknown if row.seconds is None else _estimated(row.seconds)
        table.add_row(Text(row.label), str(row.cells), str(row.done), estimate)
    if event.rows:  # ensembles alone have no cells
        console.print(table, soft_wrap=False)
    if event.seconds:
        console.print(f"about {duration(event.seconds)} in all")


def expected(event: Planned) -> dict[str, float]:
    """What a cell of a row took before, in seconds, by the row's label."""
    return {
        row.label: row.seconds / (row.cells - row.done)
        for row in event.rows
        if row.seconds and row.cells > row.done
    }


def _estimated(seconds: float) -> str:
    return duration(seconds) if seconds else "-"
