"""The cost table in LaTeX."""

from __future__ import annotations

from dataclasses import replace

from asdbench_leaderboards import _tex_cost
from asdbench_leaderboards.latex import render
from boards import made

from asdbench.evaluation import Cost


def test_a_line_a_row_and_a_star_on_the_frontier() -> None:
    board = made(["a_1", "b"], subsets=["development"])
    rows = [
        replace(row, cost=Cost(None, 70_000_000, 3.0, ms), remarks=["untrained"])
        for row, ms in zip(board.rows, (1.0, 2.0), strict=True)
    ]
    board = replace(board, rows=rows)
    lines = list(_tex_cost.cost(board, "development"))
    [best] = [line for line in lines if r"a\_1" in line]
    assert r"\ast" in best
    assert best.endswith(r"& -- & 70 M & 3 & 1 \\")
    [other] = [line for line in lines if line.startswith("b")]
    assert r"\ast" not in other
    whole = render(board)
    assert whole.count(r"\begin{tabular}") == whole.count(r"\end{tabular}") == 2
    assert "untrained" in whole


def test_without_costs_there_is_no_table() -> None:
    board = made(["a", "b"], subsets=["development"])
    assert list(_tex_cost.cost(board, "development")) == []
    assert "Multiply-adds" not in render(board)
