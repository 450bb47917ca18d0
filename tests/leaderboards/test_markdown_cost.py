"""The cost table in Markdown."""

from __future__ import annotations

from dataclasses import replace

from asdbench_leaderboards._markdown_cost import cost
from asdbench_leaderboards.markdown import render
from boards import made

from asdbench.evaluation import Cost


def test_a_row_whose_cost_is_known_has_a_line() -> None:
    board = made(["a", "b"], subsets=["development"])
    known = replace(
        board.rows[1], cost=Cost(1350335, 1_600_000_000, 12.3, 4.56), remarks=["pretrained on owls"]
    )
    board = replace(board, rows=[board.rows[0], known])
    text = "\n".join(cost(board, "development", lambda row: row.label))
    [line] = [line for line in text.splitlines() if line.startswith("| b")]
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells[2:] == ["1.35 M", "1.6 G", "12.3", "4.56", "frontier"]
    assert "| a " not in text
    whole = render(board)
    assert "multiply-adds" in whole
    assert "\N{DAGGER} b: pretrained on owls." in whole
    assert "| b\N{DAGGER}" in whole


def test_nothing_is_said_where_nothing_is_known() -> None:
    board = made(["a", "b"], subsets=["development"])
    assert cost(board, "development", lambda row: row.label) == []
    assert "multiply-adds" not in render(board)
