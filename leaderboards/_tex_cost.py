"""What rows take, as a small table in LaTeX."""

from __future__ import annotations

from collections.abc import Iterator

from asdbench.evaluation import Board, figure_of

from ._cost import EXPLAINED, amount, costed, on_frontier, quantity
from ._figures import ranks, short
from ._tex import escape, line, superscript, wrapped
from ._text import percent


def cost(board: Board, subset: str) -> Iterator[str]:
    """A line a row whose cost is known; those on the frontier have a star. Nothing without any."""
    rows, figure = costed(board.subset(subset)), ranks(board, subset)
    if not rows:
        return
    there = on_frontier(board, subset)
    yield r"\par\medskip"
    yield r"\begin{tabular}{@{}lrrrrr@{}}"
    yield r"\toprule"
    heads = [escape(short(figure)), "Parameters", "Multiply-adds", "Training, s", "A clip, ms"]
    yield line("Cost", heads)
    yield r"\midrule"
    for row, of_row in rows:
        star = superscript(r"$\ast$") if row.label in there else ""
        spread = figure_of(row, figure)
        cells = [
            percent(spread.mean) if spread else "--",
            amount(of_row.parameters, "--"),
            amount(of_row.multiply_adds, "--"),
            quantity(of_row.fit_seconds),
            quantity(of_row.score_ms),
        ]
        yield line(wrapped(escape(row.label) + star), cells)
    yield r"\bottomrule"
    yield r"\end{tabular}"


def note() -> str:
    """What the columns and the star mean."""
    said = EXPLAINED.replace("Frontier:", "*:")
    return escape(said)
