"""What a board says in short, and where its methods come from, in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from asdbench.evaluation import Board, Row

from ._answer import answer, headline, leaders
from ._cite import links
from ._pipes import escape

SAID = ("How surely", "By how much", "At what cost")  # the data are told below the tables


def in_short(board: Board, subset: str) -> str:
    """A paragraph: who leads, how surely, by how much, and what it cost."""
    *before, last = (f"**{escape(label)}**" for label in leaders(board, subset))
    names = " and ".join(filter(None, (", ".join(before), last)))
    told = answer(board, subset, board.question[subset])
    sentences = (told[about] for about in SAID if about in told)
    return f"{names} {escape(' '.join((headline(board, subset), *sentences)))}"


def sources(rows: Sequence[Row]) -> Iterator[str]:
    """A line with the links of each method, where any has them."""
    found = {row.method: links(row) for row in rows}
    said = [
        f"{escape(method)} {', '.join(f'[{name}](<{where}>)' for name, where in of_it.items())}"
        for method, of_it in found.items()
        if of_it
    ]
    if said:
        yield f"Methods: {'; '.join(said)}."
