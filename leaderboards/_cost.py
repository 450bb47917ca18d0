"""What rows take, beside what they give, in words and numbers."""

from __future__ import annotations

from collections.abc import Sequence

from asdbench.evaluation import Board, Cost, Row, figure_of, frontier

from ._figures import ranks

COSTS = {
    "score_ms": "milliseconds to score a clip",
    "fit_seconds": "seconds to train a repeat",
    "multiply_adds": "multiply-adds a clip",
    "parameters": "parameters",
}
EXPLAINED = (
    "On the machine at hand: parameters of the networks of one fit, their multiply-adds to score a "
    "clip, seconds to train a repeat, milliseconds to score a clip. Frontier: no row scores a clip "
    "as fast and has a better figure."
)
_PREFIXES = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


def costed(rows: Sequence[Row]) -> list[tuple[Row, Cost]]:
    """The rows whose cost is known."""
    return [(row, row.cost) for row in rows if row.cost]


def on_frontier(board: Board, subset: str) -> set[str]:
    """The labels of rows that no other beats at once in what ranks and in the time of a clip."""
    figure = ranks(board, subset)
    points = {
        row.label: (cost.score_ms, spread.mean)
        for row, cost in costed(board.subset(subset))
        if (spread := figure_of(row, figure))
    }
    there = frontier([*points.values()])
    return {label for label, beaten_by_none in zip(points, there, strict=True) if beaten_by_none}


def amount(count: int | None, none: str = "-") -> str:
    """ "1.35 M" for 1350335, three digits at most."""
    if count is None:
        return none
    for size, prefix in _PREFIXES:
        if count >= size:
            return f"{count / size:.3g} {prefix}"
    return str(count)


def quantity(number: float) -> str:
    """Three digits, as many as tell something."""
    return f"{number:.0f}" if number >= 100 else f"{number:.3g}"
