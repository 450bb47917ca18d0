"""The rows of an output folder: which cells a line of the leaderboard is made of, and whose it is.

A row that was run and one that was imported don't replace each other: the scores of an import
could not be run again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from asdbench.results.records import ImportedCell, PlannedRow
from asdbench.results.store import Store

Record = Mapping[str, Any]  # a row's file


def keep_rows(
    store: Store, rows: Sequence[PlannedRow], experiment: str, recipe: Mapping[str, Any]
) -> None:
    """Write the rows of a run. Raises ``ValueError``, before any is written, where one can't be."""
    for row in rows:
        check_label(store, row.label, imported=False)
    for row in rows:
        store.keep_row(
            {
                "label": row.label,
                "method": row.method,
                "summary": row.summary,
                "fields": row.fields,
                "experiment": experiment,
                "recipe": recipe,
                "origin": row.origin,
                "deterministic": row.deterministic,
                "remarks": list(row.remarks),
                "sources": dict(row.sources),
                "repeats": [[cell.name for cell in cells] for cells in row.cells],
            }
        )


def keep_imported_row(
    store: Store,
    label: str,
    *,
    summary: str,
    experiment: str,
    origin: Mapping[str, Any],
    cells: Sequence[ImportedCell],
) -> None:
    """Write the row of an import, and drop the cells of an import that it replaces."""
    check_label(store, label, imported=True)
    before = store.row(label)
    repeats = [[cell.name] for cell in cells]
    store.keep_row(
        {
            "label": label,
            "method": label,
            "summary": summary,
            "fields": {},
            "experiment": experiment,
            "recipe": {},
            "origin": {"kind": "import", **origin},
            "repeats": repeats,
        }
    )
    for names in before["repeats"] if before else []:
        if names not in repeats:
            store.drop(names[0])


def check_label(store: Store, label: str, *, imported: bool) -> None:
    """Raise ``ValueError`` where an import would replace a run's row, or a run an import's."""
    row = store.row(label)
    if row is None or (row["origin"]["kind"] == "import") == imported:
        return
    made = "was run by asdbench" if imported else "was imported"
    raise ValueError(
        f"the row {row['label']!r} in {store.folder} {made}; use another name or another --out, "
        f"or delete {store.folder / 'rows' / label}.json"
    )
