"""How good a detector's row was on the board."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from asdbench.evaluation import NAMES, Row, figure_of
from asdbench.evaluation.protocols import DECIDED
from asdbench.results.files import current
from asdbench.results.store import Store


def figures_of(store: Store, label: str) -> list[Mapping[str, Any]]:
    """What the board shows of a row, and all of decisions; none without test clips."""
    if not store.test_sets():
        return []
    board = current(store)
    found: list[Mapping[str, Any]] = []
    for row in board.rows:
        if row.label == label:
            names = dict.fromkeys([*board.figures[row.subset], *DECIDED])
            found += _of_row(row, list(names), board.question[row.subset])
    return found


def _of_row(row: Row, names: list[str], question: str) -> Iterator[Mapping[str, Any]]:
    for name in names:
        spread = figure_of(row, name)
        if spread is not None:
            interval = getattr(spread, question) or spread.clips
            yield {
                "subset": row.subset,
                "figure": name,
                "name": NAMES[name],
                "mean": spread.mean,
                "sd": spread.sd,
                "low": interval.low if interval else None,
                "high": interval.high if interval else None,
                "repeats": row.repeats,
            }
