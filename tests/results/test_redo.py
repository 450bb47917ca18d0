"""``--force`` that was killed goes on; what it goes on with is told by what it was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from folders import OUTCOME, SCORES, SETS, cell

from asdbench.results.records import Cell
from asdbench.results.redo import DONE, FILE, Redo
from asdbench.results.store import Store

A, B, C, D = (cell(repeat=repeat) for repeat in range(4))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A and B are done, C and D are not."""
    store = Store(tmp_path)
    with store.opened(SETS, "these clips"):
        for done in (A, B):
            store.keep(done, SCORES, OUTCOME)
        yield store


def run(
    store: Store,
    cells: Sequence[Cell],
    *,
    until: Cell | None = None,
    force: bool = False,
    code: str = "1",
) -> list[Cell]:
    """What a run of these cells ran, which is killed before one of them."""
    redo = Redo(store, cells, force=force, code=code)
    ran = []
    for missing in redo.missing(cells):
        if missing == until:
            break
        store.keep(missing, SCORES, OUTCOME)
        redo.done(missing)
        ran.append(missing)
    return ran


def test_without_force_what_is_done_stays(store: Store) -> None:
    assert run(store, [A, B, C, D, C]) == [C, D]
    assert run(store, [A, B, C, D]) == []
    assert not (store.folder / FILE).exists()


def test_with_force_everything_is_run_again_each_time(store: Store) -> None:
    assert run(store, [A, B, C], force=True) == [A, B, C]
    assert not (store.folder / FILE).exists()
    assert run(store, [A, B, C], force=True) == [A, B, C]


def test_force_that_was_killed_runs_only_what_is_left(store: Store) -> None:
    assert run(store, [A, B, C], force=True, until=B) == [A]
    assert run(store, [A, B, C], force=True, until=C) == [B]
    assert run(store, [A, B, C], force=True) == [C]
    assert run(store, [A, B, C], force=True) == [A, B, C]  # that was another wish


def test_one_that_failed_is_left(store: Store) -> None:
    redo = Redo(store, [A, B], force=True, code="1")
    redo.done(A)  # B fails
    assert redo.missing([A, B]) == [B]
    assert run(store, [A, B], force=True) == [B]


def test_a_run_without_force_forgets_what_was_left(store: Store) -> None:
    run(store, [A, B], force=True, until=B)
    assert run(store, [A, B]) == []
    assert run(store, [A, B], force=True) == [A, B]


def test_other_code_begins_anew(store: Store) -> None:
    assert run(store, [A, B], force=True, until=B) == [A]
    assert run(store, [A, B], force=True, code="2", until=B) == [A]
    assert run(store, [A, B], force=True, code="2") == [B]


def test_another_wish_in_between_adds_to_what_is_left(store: Store) -> None:
    assert run(store, [A, B], force=True, until=B) == [A]
    assert run(store, [C], force=True) == [C]  # of another row, say
    assert run(store, [A, B], force=True) == [B]


def test_what_was_half_noted_is_run_once_more(store: Store) -> None:
    assert run(store, [A, B, C], force=True, until=C) == [A, B]
    noted = store.folder / DONE
    noted.write_text(noted.read_text()[:-5])  # the power went
    assert run(store, [A, B, C], force=True) == [B, C]
    assert not noted.exists()


def test_a_cell_costs_the_same_however_many_there_are(store: Store) -> None:
    """The list of all of them is written once."""
    redo = Redo(store, [A, B, C], force=True, code="1")
    before = (store.folder / FILE).stat()
    redo.done(A)
    redo.done(B)
    after = (store.folder / FILE).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
