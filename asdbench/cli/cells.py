"""The cells of a run while they run: a bar for all, and a line for each that is running."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from asdbench.cli.left import TimeLeft
from asdbench.cli.words import at_words, duration, many
from asdbench.engines.events import CellEvent, Done, Epoch, Failed, Lost, Started
from asdbench.results.records import Cell

SCORING = 0.02  # of a cell's work, after its fit
WIDE = 76  # columns, for bars and words
BAR, LEAST = 12, 8  # columns of a cell's bar, and of a name at least
FEW = 4  # running cells that are shown however low the terminal is


class CellsShown:
    """Shows the cells of a run, moved by its events; where nothing moves, a line a cell.

    ``labels`` are the rows' labels by the name of a cell; of others, the method is named.
    ``expected`` is how many seconds a cell of a row took before, by label.
    """

    def __init__(
        self,
        console: Console,
        cells: Sequence[Cell],
        labels: Mapping[str, str],
        expected: Mapping[str, float],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._console, self._total, self._labels = console, len(cells), labels
        self._left, self._clock = TimeLeft(cells, self._label, expected, clock), clock
        self._running: dict[str, tuple[Cell, Epoch | None]] = {}
        self._shares: dict[str, float] = {}
        self._ended = self._failed = self._epochs = 0
        self._began = clock()
        self._live = Live(
            console=console,
            get_renderable=self.__rich__,
            transient=True,
            refresh_per_second=4,
            vertical_overflow="crop",
        )
        if console.is_interactive:
            self._live.start()

    @property
    def over(self) -> bool:
        """Whether every cell has ended."""
        return self._ended == self._total

    def close(self) -> None:
        """Show them no longer."""
        self._live.stop()

    def watch(self, event: CellEvent) -> None:
        """Take note of an event; what ends or is lost is said at once."""
        name = event.cell.name
        if isinstance(event, Started):
            self._left.begin(name)
            self._running[name] = event.cell, None
        elif isinstance(event, Epoch):
            self._epochs += 1
            self._shares[name] = (1 - SCORING) * event.done
            self._left.move(name, self._shares[name])
            self._running[name] = event.cell, event
        elif isinstance(event, Lost):
            self._left.wait(name)
            self._shares[name] = 0.0
            self._running.pop(name, None)
            text = f"lost, so it runs again: {name} ({event.reason})"
            self._console.print(at_words(text), style="yellow", markup=False)
        else:
            self._end(event)

    def __rich__(self) -> RenderableType:
        """The bar of all cells, and those that run, as many as the terminal has lines for."""
        most = max(FEW, self._console.height - 4)
        shown = list(self._running.values())[:most]
        parts: list[RenderableType] = [self._all()]
        if shown:
            parts.append(self._lines(shown))
        elif not self._ended:
            parts.append(Text("  PyTorch is being loaded", style="dim"))
        if more := len(self._running) - len(shown):
            parts.append(Text(f"  and {many(more, 'more cell')}", style="dim"))
        return Group(*parts)

    def _end(self, event: Done | Failed) -> None:
        cell = event.cell
        took = self._left.end(cell.name, done=isinstance(event, Done))
        self._ended += 1
        self._shares[cell.name] = 1.0
        self._running.pop(cell.name, None)
        if isinstance(event, Failed):
            self._failed += 1
            text = f"failed: {cell.name}: {event.reason}"
            self._console.print(at_words(text), style="red", markup=False)
        elif not self._console.is_interactive:
            text = f"[{self._ended}/{self._total}] {self._named(cell)}: {took:.1f} s"
            self._console.print(text, markup=False)

    def _all(self) -> RenderableType:
        """How many cells are over, how long it took, and how long it may yet take."""
        counted = f"{self._ended} of {many(self._total, 'cell')}, {many(self._epochs, 'epoch')}"
        failed = [Text(f"{self._failed} failed", style="red")] if self._failed else []
        times = Text(f"{duration(self._clock() - self._began)}{self._to_come()}")
        if not self._wide:
            return Group(Text(", ").join([Text(counted), *failed]), times)
        line = Table.grid(padding=(0, 1), expand=True)
        for place in range(3 + len(failed)):
            line.add_column(ratio=1 if place == 1 else None, no_wrap=True)
        share = sum(self._shares.values())
        bar = _bar(self._total, share)
        line.add_row(Text(counted), bar, *failed, times)
        return line

    def _to_come(self) -> str:
        found = self._left.left()
        if found is None:
            return ""
        return f", {'about' if found[1] else 'at least'} {duration(found[0])} left"

    def _lines(self, shown: Sequence[tuple[Cell, Epoch | None]]) -> Table:
        """Which row, machine type and repeat runs, its epoch of how many, and its loss.

        Where there is no room, bars go first and then the end of names: a figure is never cut.
        """
        lines = [self._line(cell, epoch) for cell, epoch in shown]
        widths = [max(text.cell_len for text in column) for column in zip(*lines, strict=True)]
        gap = 2 if self._wide else 1
        room = self._console.width - sum(widths[1:]) - gap * (len(widths) - 1)
        with_bar = self._wide and room - widths[0] >= BAR + gap
        table = Table.grid(padding=(0, gap))
        table.add_column(no_wrap=True, overflow="ellipsis", width=min(widths[0], max(LEAST, room)))
        for width in (widths[1], *([BAR] if with_bar else []), *widths[2:]):
            table.add_column(no_wrap=True, min_width=width)
        for (cell, _), (name, repeat, *told) in zip(shown, lines, strict=True):
            bars = [_bar(1, self._shares.get(cell.name, 0.0), width=BAR)] if with_bar else []
            table.add_row(name, repeat, *bars, *told)
        return table

    def _line(self, cell: Cell, epoch: Epoch | None) -> list[Text]:
        """What is said of a cell that runs; the first may be cut."""
        stage, count, loss = _epoch(epoch)
        name = Text(f"  {self._label(cell)}{f' {cell.machine}' if cell.machine else ''}")
        if not self._wide:
            return [name, Text(f"r{cell.repeat}"), Text(count or stage), Text(loss)]
        where = Text(f"{stage}{f' epoch {count}' if count else ''}")
        took = Text(duration(self._left.elapsed(cell.name)), style="dim")
        return [
            name,
            Text(f"repeat {cell.repeat}"),
            where,
            Text(f"loss {loss}" if loss else ""),
            took,
        ]

    @property
    def _wide(self) -> bool:
        return self._console.width >= WIDE

    def _label(self, cell: Cell) -> str:
        return self._labels.get(cell.name, cell.method)

    def _named(self, cell: Cell) -> str:
        part = f" {cell.machine}" if cell.machine else ""
        return f"{self._label(cell)}{part} repeat {cell.repeat}"


def _bar(total: float, share: float, width: int | None = None) -> ProgressBar:
    return ProgressBar(
        total=total, completed=share, width=width, complete_style="cyan", finished_style="green"
    )


def _epoch(event: Epoch | None) -> tuple[str, str, str]:
    """What a fit is at, in words; its epoch of how many; and its loss."""
    if event is None:
        return "fits", "", ""
    loss = event.figures.get("loss")
    said = "" if loss is None else f"{loss:.3g}"
    if event.done >= 1:
        return "scores", "", said
    return event.stage, f"{event.epoch}{f' of {event.of}' if event.of else ''}", said
