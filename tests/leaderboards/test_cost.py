"""What rows take, in numbers for people."""

from __future__ import annotations

from dataclasses import replace

import pytest
from asdbench_leaderboards._cost import amount, costed, on_frontier, quantity
from boards import made

from asdbench.evaluation import Board, Cost


def with_costs(*ms: float | None) -> Board:
    """Rows from the best on, that take so long for a clip."""
    board = made(["a", "b", "c"][: len(ms)], subsets=["development"])
    costs = [None if one is None else Cost(1000, None, 2.0, one) for one in ms]
    rows = [replace(row, cost=cost) for row, cost in zip(board.rows, costs, strict=True)]
    return replace(board, rows=rows)


@pytest.mark.parametrize(
    ("count", "said"),
    [(None, "-"), (7, "7"), (1350335, "1.35 M"), (85_000, "85 k"), (1_600_000_000, "1.6 G")],
)
def test_amounts_have_three_digits(count: int | None, said: str) -> None:
    assert amount(count) == said


def test_quantities_have_three_digits() -> None:
    assert [quantity(one) for one in (0.01234, 1.5, 12.34, 1234.5)] == [
        "0.0123",
        "1.5",
        "12.3",
        "1234",
    ]


@pytest.mark.parametrize(
    ("ms", "there"),
    [
        ((3.0, 2.0, 1.0), {"a", "b", "c"}),
        ((1.0, 2.0, 3.0), {"a"}),
        ((2.0, 3.0, 1.0), {"a", "c"}),
        ((None, 3.0, 1.0), {"b", "c"}),
    ],
)
def test_the_frontier_is_what_no_other_beats(ms: tuple[float, ...], there: set[str]) -> None:
    board = with_costs(*ms)
    assert on_frontier(board, "development") == there
    assert len(costed(board.rows)) == sum(one is not None for one in ms)
