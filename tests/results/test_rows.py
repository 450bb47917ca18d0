"""Rows: which cells they are made of, and that a run and an import never replace each other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from folders import SCORES, SETS, cell

from asdbench.results.records import Cell, ImportedCell, PlannedRow
from asdbench.results.rows import check_label, keep_imported_row, keep_rows
from asdbench.results.store import Store

REMARKS = ("pretrained on owls",)
SOURCES = {"paper": "https://example.org/owls"}
CELLS = ((cell(), cell(machine="pump")), (cell(repeat=1), cell(repeat=1, machine="pump")))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "out")
    with store.opened(SETS, "these clips"):
        yield store


def planned(label: str, k: int = 3, cells: tuple[tuple[Cell, ...], ...] = CELLS) -> PlannedRow:
    return PlannedRow(
        label, "knn", "Neighbours.", {"k": k}, {"kind": "run"}, False, cells, REMARKS, SOURCES
    )


def imported(store: Store, label: str, *repeats: str) -> list[ImportedCell]:
    """A row of repeats with these hashes, cells and all."""
    cells = [ImportedCell(label, number, files) for number, files in enumerate(repeats)]
    for each in cells:
        store.keep_import(each, SCORES, {})
    origin = {"folder": "in", "files": "".join(repeats)}
    keep_imported_row(store, label, summary="S.", experiment="demo", origin=origin, cells=cells)
    return cells


def rows_of(store: Store) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (store.folder / "rows").iterdir()}


def test_a_row_says_its_cells_by_repeat(store: Store) -> None:
    keep_rows(store, [planned("knn-wide")], "demo", {"repeats": 2})
    [found] = store.rows()
    assert found == {
        "label": "knn-wide",
        "method": "knn",
        "summary": "Neighbours.",
        "fields": {"k": 3},
        "experiment": "demo",
        "recipe": {"repeats": 2},
        "deterministic": False,
        "remarks": [*REMARKS],
        "sources": SOURCES,
        "origin": {"kind": "run"},
        "repeats": [[c.name for c in repeat] for repeat in CELLS],
    }
    assert json.loads((store.folder / "rows" / "knn-wide.json").read_text()) == found


def test_a_run_replaces_its_row_of_before(store: Store) -> None:
    keep_rows(store, [planned("knn", 1)], "demo", {})
    keep_rows(store, [planned("knn", 2)], "demo", {})
    assert [row["fields"] for row in store.rows()] == [{"k": 2}]


def test_one_label_that_is_an_imports_leaves_all_other_rows_as_they_were(store: Store) -> None:
    keep_rows(store, [planned("autoencoder", 1), planned("knn", 1)], "demo", {})
    imported(store, "simclr", "a")
    before = rows_of(store)
    rows = [planned("autoencoder", 2), planned("knn", 2), planned("simclr", 2), planned("z", 2)]
    with pytest.raises(ValueError, match=r"the row 'simclr' in .* was imported; use another"):
        keep_rows(store, rows, "demo", {})
    assert rows_of(store) == before


def test_an_import_replaces_an_import_with_its_cells_and_never_a_run(store: Store) -> None:
    before = imported(store, "theirs", "a", "b")
    after = imported(store, "theirs", "c", "b")
    assert not store.done(before[0].name)
    assert before[1] == after[1]  # the same files again: they stay
    assert all(store.done(each.name) for each in after)
    row = store.row("theirs")
    assert row is not None
    assert row["repeats"] == [[each.name] for each in after]
    assert row["origin"] == {"kind": "import", "folder": "in", "files": "cb"}
    keep_rows(store, [planned("knn")], "demo", {})
    kept = rows_of(store)
    with pytest.raises(ValueError, match=r"the row 'knn' in .* was run by asdbench; use another"):
        imported(store, "knn", "a")
    assert rows_of(store) == kept


def test_a_label_that_is_taken_says_the_file_to_delete(store: Store) -> None:
    imported(store, "theirs", "a")
    check_label(store, "theirs", imported=True)
    check_label(store, "free", imported=False)
    with pytest.raises(ValueError, match=f"or delete {store.folder}/rows/theirs.json"):
        check_label(store, "theirs", imported=False)
