"""What a folder of recordings holds, on a terminal: columns that fit, and what all rows share."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from asdbench.cli.fitted_table import FittedColumn, drawn, fitting
from asdbench.cli.words import echo
from asdbench.data.folders.describe import Description
from asdbench.data.folders.text import heading, remarks, render, tables

_NAMES = ("machine", "id")
_ALWAYS = (*_NAMES, "train", "normal", "anomalous")
_NEEDED = (  # what stays longest first; then as they come
    *_ALWAYS,
    *("unlabelled", "subset", "train source", "train target", "test source", "test target"),
    *("attributes (values)", "total s", "median s"),
)
_WORDED = {"machine", "subset", "supplemental", "attributes (values)"}
_WORDS = 24  # letters of those, at most, while other columns could use the room
_HEAD = 9  # letters of a head in one line, at most
Rows = Sequence[Sequence[str]]


def show(description: Description) -> None:
    """Print a description: fitted to a terminal, or all of it into a pipe."""
    if not sys.stdout.isatty():
        echo(render(description))
        return
    from asdbench.cli.terminal import PlainConsole

    console = PlainConsole(highlight=False)
    console.print(fitted(description, console.width))


def fitted(description: Description, width: int) -> RenderableType:
    """The description in so many columns of a terminal."""
    what, holds = heading(description)
    parts: list[RenderableType] = [Text(what, "bold"), Text(holds)]
    for heads, rows in tables(description):
        of_all = len(rows) == len(description.groups)
        parts += [Text(), *_table(heads, rows, width, of_all=of_all)]
    noted = remarks(description)
    parts += [Text()] * bool(noted and noted[0])
    for line in noted:
        text = line.lstrip()
        indent = (0, 0, 0, len(line) - len(text))
        parts.append(Padding(Text(text), indent, expand=False) if text else Text())
    return Group(*parts)


def _table(
    heads: Sequence[str], rows: Rows, width: int, *, of_all: bool
) -> Iterator[RenderableType]:
    """A table, and what its rows share; names alone say nothing where they are those ``of_all``."""
    shared = [
        at
        for at, head in enumerate(heads)
        if head not in _ALWAYS and len({row[at] for row in rows}) == 1
    ]
    every = [_column(heads[at], rows, at) for at in range(len(heads)) if at not in shared]
    kept, room = fitting(every, width)
    there = {column.name for column in kept}
    if there - set(_NAMES) or not of_all:
        yield drawn([*_grown(kept, rows, room)], rows)
    if shared:
        said = (f"{heads[at]} {rows[0][at] or '-'}" for at in shared)
        yield Text(f"In each row: {', '.join(said)}.", "dim")
    if left_out := [column.name for column in every if column.name not in there]:
        yield Text(f"For a wider terminal, or into a file: {', '.join(left_out)}.", "dim")


def _column(name: str, rows: Rows, at: int) -> FittedColumn[Sequence[str]]:
    head = name.replace(" ", "\n") if len(name) > _HEAD else name
    longest = max(len(row[at]) for row in rows)
    return FittedColumn(
        name,
        Text(head),
        lambda row: Text(row[at]),
        max(*map(len, head.split("\n")), min(longest, _WORDS) if name in _WORDED else longest),
        _NEEDED.index(name) if name in _NEEDED else len(_NEEDED) + at,
        "left" if name in {*_WORDED, *_NAMES} else "right",
    )


def _grown(
    columns: Sequence[FittedColumn[Sequence[str]]], rows: Rows, room: int
) -> Iterator[FittedColumn[Sequence[str]]]:
    """With the room that is left, for words that would be cut."""
    for column in columns:
        longest = max(column.shown(row).cell_len for row in rows)
        more = max(0, min(room, longest - column.width))
        room -= more
        yield replace(column, width=column.width + more)
