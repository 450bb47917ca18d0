"""The columns of a leaderboard on a terminal, and which of them there is room for."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from rich.text import Text

from asdbench.cli.fitted_table import FittedColumn, fitting
from asdbench.evaluation import NAMES, OFFICIAL, RANKS, Board, Interval, Row, figure_of, rivals

HEADS = {RANKS: "AUC/pAUC", OFFICIAL: "official"}
MARK = "\N{DAGGER}"
NAME = 24  # of a label, at most, while other columns could use the room
LEAST, WIDEST = 14, 44  # of a bar
COLOURS = ("green", "yellow", "magenta", "cyan", "blue", "red")  # of letters, in turn
_ORIGINS = {"import": "imported", "ensemble": "made of other rows", "tuned": "tuned"}


BoardColumn = FittedColumn[Row]


def percent(share: float) -> str:
    """ "81.2" for 0.8123."""
    return f"{100 * share:.1f}"


def origin(row: Row) -> str:
    """Where a row comes from, if it wasn't simply run."""
    found = _ORIGINS.get(str(row.origin.get("kind")), "")
    return "tuned with labels" if row.origin.get("objective") == "oracle" else found


def columns_of(board: Board, subset: str, width: int) -> tuple[list[BoardColumn], list[str]]:
    """The columns that fit, in the order shown, and the names of those that don't."""
    every = _every(board, subset)
    kept, room = fitting(every, width)
    there = {column.name for column in kept}
    grown = [_grown(column, board, subset, room) for column in kept]
    left_out = [column.name for column in every if column.name not in there | {"bar", "sd"}]
    return grown, [NAMES.get(name, name) for name in left_out]


def _grown(column: BoardColumn, board: Board, subset: str, room: int) -> BoardColumn:
    """With the room that is left: a name takes what it needs, or gives, a bar all that is left."""
    longest = max(len(_name(row).plain) for row in board.subset(subset))
    more = min(room, max(0, longest - column.width)) if room > 0 else room
    if column.name == "method":
        return replace(column, width=max(4, column.width + more))
    if column.name == "bar":
        used = min(room, max(0, longest - NAME)) if room > 0 else 0
        return _bar(board, subset, min(WIDEST, column.width + max(0, room - used)))
    return column


def _every(board: Board, subset: str) -> list[BoardColumn]:
    """All columns in the order shown."""
    rows, question = board.subset(subset), board.question[subset]
    first, *others = board.figures[subset]

    def column(name: str, head: str, need: int, show: Callable[[Row], Text]) -> BoardColumn:
        width = max(len(head), *(show(row).cell_len for row in rows))
        return BoardColumn(name, Text(head), show, width, need)

    places = {row.label: place for place, row in enumerate(rows, 1)}
    repeats = "-".join(sorted({_repeats(row) for row in rows}))
    uneven = "-" in repeats or "of" in repeats
    method = column("method", "method", 0, _name)
    found = [
        column("place", "", 2, lambda row: Text(str(places[row.label]), "dim")),
        replace(method, width=min(NAME, method.width), justify="left"),
        column(first, HEADS.get(first, NAMES[first]), 1, lambda row: _mean(row, first, "bold")),
        column("sd", "± sd", 7, lambda row: _sd(row, first)),
        _bar(board, subset, LEAST),
        column("interval", "95 %", 5, lambda row: _interval(row, first, question)),
        replace(_group(rows, question), justify="left"),
        column("P(best)", "P(best)", 6, lambda row: _best(row, question, len(rivals(rows)) == 1)),
    ]
    found += [
        column(name, HEADS.get(name, NAMES[name]), 10 + at, lambda row, name=name: _mean(row, name))  # type: ignore[misc]
        for at, name in enumerate(others)
    ]
    found.append(column("repeats", "repeats", 8 if uneven else 30, lambda row: Text(_repeats(row))))
    found.append(column("seconds a repeat", "s/repeat", 9, _seconds))
    return found


def _name(row: Row) -> Text:
    sign = MARK if row.remarks or origin(row) else ""
    return Text(f"{' '.join(row.label.split())}{sign}")


def _mean(row: Row, figure: str, style: str = "") -> Text:
    spread = figure_of(row, figure)
    return Text(percent(spread.mean) if spread else "-", style)


def _sd(row: Row, figure: str) -> Text:
    spread = figure_of(row, figure)
    return Text("-" if spread is None or spread.sd is None else percent(spread.sd), "dim")


def _found(row: Row, figure: str, question: str) -> Interval | None:
    found: Interval | None = getattr(figure_of(row, figure), question, None)
    return found


def _interval(row: Row, figure: str, question: str) -> Text:
    found = _found(row, figure, question)
    return Text(f"{percent(found.low)} to {percent(found.high)}" if found else "?")


def _best(row: Row, question: str, alone: bool) -> Text:
    share = row.best[question]
    if share is None:
        return Text("-" if alone else "?")
    whole = f"{100 * share:.0f}"
    return Text({"0": "< 1 %", "100": "> 99 %"}.get(whole, f"{whole} %"))


def _repeats(row: Row) -> str:
    return str(row.repeats) if row.repeats == row.planned else f"{row.repeats} of {row.planned}"


def _seconds(row: Row) -> Text:
    return Text("-" if row.seconds is None else f"{row.seconds:.1f}", "dim")


def _colour(row: Row, question: str) -> str:
    letters = row.letters[question]
    return COLOURS[(ord(letters[0]) - ord("a")) % len(COLOURS)] if letters else "default"


def _group(rows: Sequence[Row], question: str) -> BoardColumn:
    """Letters, each in a place and a colour of its own, so that those that are shared line up."""
    every = sorted({letter for row in rows for letter in row.letters[question] or ""})

    def show(row: Row) -> Text:
        has = row.letters[question]
        if len(rivals(rows)) == 1:
            return Text("-")
        if has is None:
            return Text("?")
        marks = [
            (letter, COLOURS[place % len(COLOURS)]) if letter in has else (" ", "")
            for place, letter in enumerate(every)
        ]
        return Text.assemble(*marks)

    return BoardColumn("group", Text("group"), show, max(5, len(every)), 3)


def _bar(board: Board, subset: str, width: int) -> BoardColumn:
    """The figure as a dot on its interval, over a range that all rows share."""
    rows, question, figure = board.subset(subset), board.question[subset], board.figures[subset][0]
    spreads = [spread for row in rows if (spread := figure_of(row, figure))]
    intervals = [found for row in rows if (found := _found(row, figure, question))]
    ends = [one.mean for one in spreads]
    ends += [end for one in intervals for end in (one.low, one.high)]
    low = math.floor(min(ends) * 20 - 0.5) / 20
    high = max(low + 0.05, math.ceil(max(ends) * 20) / 20)

    def at(share: float) -> int:
        return max(0, min(width - 1, round((share - low) / (high - low) * (width - 1))))

    def show(row: Row) -> Text:
        spread, found = figure_of(row, figure), _found(row, figure, question)
        if spread is None:
            return Text()
        mean = at(spread.mean)
        start, end = (at(found.low), at(found.high)) if found else (mean, mean)
        colour = _colour(row, question)
        return Text.assemble(
            " " * start,
            ("\N{BOX DRAWINGS HEAVY HORIZONTAL}" * (mean - start), colour),
            ("\N{BLACK CIRCLE}", f"bold {colour}"),
            ("\N{BOX DRAWINGS HEAVY HORIZONTAL}" * (end - mean), colour),
        )

    ends_of = f"{100 * low:.0f}", f"{100 * high:.0f}"
    head = ends_of[0] + " " * (width - sum(map(len, ends_of))) + ends_of[1]
    return BoardColumn("bar", Text(head, "dim"), show, width, 4, "left")
