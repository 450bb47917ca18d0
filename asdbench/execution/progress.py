"""What a run or a search says of itself, beside what happens to its cells."""

from __future__ import annotations

import logging
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from asdbench.engines.engine import Engine
from asdbench.engines.events import CellEvent
from asdbench.execution.before import records_of
from asdbench.execution.plan import Plan
from asdbench.results.records import Cell, PlannedRow
from asdbench.results.store import Store

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reading:
    """Clips are decoded: ``done`` of ``total``; ``what`` says what for."""

    what: str
    done: int
    total: int


@dataclass(frozen=True)
class RowState:
    """How far a row is: its cells, how many are done, and seconds that the rest may take.

    ``seconds`` is None while no cell of its method has been run here.
    """

    label: str
    cells: int
    done: int
    seconds: float | None


@dataclass(frozen=True)
class Planned:
    """A run is planned: its rows, how many cells run at once, and where."""

    benchmark: str
    repeats: int
    rows: Sequence[RowState]
    jobs: int
    place: str

    @property
    def seconds(self) -> float | None:
        """About how long it may take in all; None where that isn't known."""
        left = [row.seconds for row in self.rows]
        known = [seconds for seconds in left if seconds is not None]
        return sum(known) / self.jobs if len(known) == len(left) else None


@dataclass(frozen=True)
class Running:
    """These cells begin; ``what`` says what for, where it isn't the run itself.

    ``labels`` are those of their rows, by the name of a cell.
    """

    cells: Sequence[Cell]
    what: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Written:
    """The leaderboard is in its folder; only MLflow is not yet up to date."""

    folder: Path


@dataclass(frozen=True)
class Searched:
    """So many trials of a search are over; ``best`` is the best objective so far."""

    done: int
    trials: int
    best: float | None


Event = Reading | Planned | Running | Written | Searched | CellEvent
Watch = Callable[[Event], None]


def state_of_rows(plan: Plan, missing: Sequence[Cell], store: Store, engine: Engine) -> Planned:
    """How far a run is that has yet to run these cells."""
    left = {cell.name for cell in missing}
    took = {method: _seconds_of(store, method) for method in {cell.method for cell in missing}}
    rows = [_state(row, left, took) for row in plan.rows]
    return Planned(plan.recipe.benchmark, plan.recipe.repeats, rows, engine.jobs, engine.place)


def warn_of_changed_code(plan: Plan, store: Store) -> None:
    """Say whose results were made by other code than today's: code is no part of a cell's key."""
    for method in sorted({row.method for row in plan.rows}):
        now = plan.plugins[method].source
        cells = [store.cell(cell.name) for cell in plan.cells if cell.method == method]
        old = sum(cell["facts"]["source"] != now for cell in cells if cell)
        if old:
            _log.warning(
                "the code of %s has changed since %d of its cells were run; --force runs them "
                "again",
                method,
                old,
            )


def _state(row: PlannedRow, left: set[str], took: Mapping[str, float | None]) -> RowState:
    cells = [cell.name for repeat in row.cells for cell in repeat]
    missing = sum(name in left for name in cells)
    known = took[row.method] if missing else 0.0
    return RowState(
        row.label, len(cells), len(cells) - missing, None if known is None else known * missing
    )


def _seconds_of(store: Store, method: str) -> float | None:
    """How long a cell of this method took here, by cells that are done."""
    seconds = [record["seconds"] for _, record in records_of(store, method)]
    return statistics.median(seconds) if seconds else None
