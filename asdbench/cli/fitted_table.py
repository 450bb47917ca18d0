"""Tables that fit a terminal: columns by need, for as long as there is room."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from rich import box
from rich.table import Table
from rich.text import Text

GAP = 2  # between two columns
_Row = TypeVar("_Row")


@dataclass(frozen=True)
class FittedColumn(Generic[_Row]):
    """A column: its head, and what it shows of a row. ``need`` is lowest for what stays longest.

    Need 0 stays where there is no room.
    """

    name: str
    head: Text
    shown: Callable[[_Row], Text]
    width: int
    need: int
    justify: Literal["left", "right"] = "right"


def fitting(
    columns: Sequence[FittedColumn[_Row]], width: int
) -> tuple[list[FittedColumn[_Row]], int]:
    """The columns that fit, in the order given, and the room that they leave, or lack."""
    kept: set[str] = set()
    room = width + GAP
    for column in sorted(columns, key=lambda column: column.need):
        if column.width + GAP <= room or not column.need:
            kept.add(column.name)
            room -= column.width + GAP
    return [column for column in columns if column.name in kept], room


def drawn(columns: Sequence[FittedColumn[_Row]], rows: Sequence[_Row]) -> Table:
    """The table of these columns; what is longer than its column is cut."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    for column in columns:
        table.add_column(
            column.head,
            justify=column.justify,
            no_wrap=True,
            overflow="ellipsis",
            width=column.width,
        )
    for row in rows:
        table.add_row(*(column.shown(row) for column in columns))
    return table
