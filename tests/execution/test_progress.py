"""How far a run is, how long the rest may take, and whose code has changed."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest
from folders import SCORES, Folder
from inline import inline_engine
from small_runs import planned

from asdbench.data.clips import Clips
from asdbench.execution.before import MOST
from asdbench.execution.plan import Plan
from asdbench.execution.progress import Planned, RowState, state_of_rows, warn_of_changed_code
from asdbench.results.records import Cell, ImportedCell, Outcome
from asdbench.results.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Folder(tmp_path / "out").store


@pytest.fixture
def made(small_clips: Clips) -> Plan:
    return planned(small_clips, "knn", "autoencoder", repeats=3)


def keep(store: Store, cell: Cell, seconds: float, source: str = "s") -> None:
    store.keep(cell, SCORES, Outcome([], [], b"", seconds, {"source": source}))


def state(made: Plan, store: Store, jobs: int = 2) -> Planned:
    missing = [cell for cell in made.cells if not store.done(cell.name)]
    return state_of_rows(made, missing, store, inline_engine(jobs))


def test_a_row_takes_what_its_cells_took_in_the_middle(made: Plan, store: Store) -> None:
    knn = [cell for cells in made.rows[0].cells for cell in cells]
    for cell, seconds in zip(knn, (1.0, 100.0, 2.0), strict=False):
        keep(store, cell, seconds)
    found = state(made, store)
    assert (found.benchmark, found.repeats, found.jobs, found.place) == ("small", 3, 2, "")
    assert found.rows == [
        RowState("knn", cells=6, done=3, seconds=3 * 2.0),
        RowState("autoencoder", cells=6, done=0, seconds=None),
    ]
    assert found.seconds is None  # of one of them, nothing is known
    keep(store, made.rows[1].cells[0][0], 4.0)
    assert state(made, store).seconds == (3 * 2.0 + 5 * 4.0) / 2


def test_a_row_that_is_done_takes_no_time_and_a_forced_one_all_of_it(
    made: Plan, store: Store
) -> None:
    alone = replace(made, rows=made.rows[:1])
    for cell in alone.cells:
        keep(store, cell, 1.5)
    assert state(alone, store).rows == [RowState("knn", 6, 6, 0.0)]
    forced = state_of_rows(alone, alone.cells, store, inline_engine())
    assert forced.rows == [RowState("knn", 6, 0, 9.0)]
    assert forced.seconds == 9.0


def test_what_cells_took_is_looked_up_once_however_many_rows_ask(
    made: Plan, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Variants of one method in a folder of thousands of cells would each read all of them."""
    for repeat in range(MOST + 5):
        keep(store, replace(made.cells[0], repeat=repeat), 1.0)
    read: list[str] = []
    cell = Store.cell
    monkeypatch.setattr(Store, "cell", lambda self, name: (read.append(name), cell(self, name))[1])
    many = replace(made, rows=[replace(made.rows[0], label=f"row {n}") for n in range(20)])
    found = state_of_rows(many, made.cells, store, inline_engine())
    assert [row.seconds for row in found.rows] == [6.0] * 20
    assert len(read) == MOST


def test_an_import_named_like_a_method_took_no_time_that_counts(made: Plan, store: Store) -> None:
    store.keep_import(ImportedCell("knn-matlab", 0, "files"), SCORES, {})
    assert state(made, store).rows[0] == RowState("knn", 6, 0, None)


def test_results_of_other_code_are_said_with_what_to_do(
    made: Plan, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    first, *others = made.rows[0].cells[0]
    keep(store, first, 1.0, source="of before")
    for cell in [*others, *made.rows[1].cells[0]]:
        keep(store, cell, 1.0, source=made.plugins[cell.method].source)
    with caplog.at_level(logging.WARNING):
        warn_of_changed_code(made, store)
    assert caplog.messages == [
        "the code of knn has changed since 1 of its cells were run; --force runs them again"
    ]
