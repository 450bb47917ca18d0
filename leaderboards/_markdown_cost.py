"""What rows take, as a table in Markdown."""

from __future__ import annotations

from collections.abc import Callable

from asdbench.evaluation import NAMES, Board, Row, figure_of

from ._cost import EXPLAINED, amount, costed, on_frontier, quantity
from ._figures import ranks
from ._pipes import table
from ._text import percent


def cost(board: Board, subset: str, name: Callable[[Row], str]) -> list[str]:
    """A line a row whose cost is known, in the board's order; nothing where none is."""
    rows, figure = costed(board.subset(subset)), ranks(board, subset)
    if not rows:
        return []
    there = on_frontier(board, subset)
    lines = [
        [
            name(row),
            percent(spread.mean) if (spread := figure_of(row, figure)) else "-",
            amount(of_row.parameters),
            amount(of_row.multiply_adds),
            quantity(of_row.fit_seconds),
            quantity(of_row.score_ms),
            "frontier" if row.label in there else "",
        ]
        for row, of_row in rows
    ]
    headers = [
        "cost",
        NAMES[figure],
        "parameters",
        "multiply-adds",
        "training, s",
        "a clip, ms",
        "",
    ]
    return [table(lines, headers, ["left", *["right"] * 5, "left"]), "", EXPLAINED, ""]
