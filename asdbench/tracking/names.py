"""What figures and fields are called in MLflow."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence

from asdbench.evaluation import (
    DECIDED,
    EVERY,
    NAMES,
    Board,
    IdFigures,
    Interval,
    MachineFigures,
    Row,
    Spread,
    figure_of,
)

Named = Iterator[tuple[str, float]]
Level = Row | MachineFigures | IdFigures
MACHINES = "machines"  # stands before all of one machine type or ID: it sorts below the rest
RANK, MEAN, LOW, HIGH, SD, WORST, P_BEST = SHORT = (
    *("Rank", "Mean", "Low", "High", "SD", "Worst", "P_best"),  # capitals sort above the rest
)
MEANT = {
    "clips": "other test clips",
    "here": "other seeds and test clips",
    "elsewhere": "other seeds, test clips and machine IDs",
}
DIGITS = 4  # of those: the list of runs has columns of few letters
LONGEST = 60  # letters of a part of a name; MLflow takes 250 in all
_TAKEN = re.compile(rf"(?!\.+$)[\w.\- ]{{1,{LONGEST}}}")
_HASHED = re.compile(r".* [0-9a-f]{8}")
_OTHER = re.compile(r"[^\w.\- ]")


def part(name: str) -> str:
    """A part of a metric's name or a file's path as MLflow takes it, another for each name.

    What it wouldn't take is ``_``, and a hash of the name is put behind it.

    Example:
        >>> part("pump 2.0"), part("pump (north)")
        ('pump 2.0', 'pump _north_ 52c5167f')
    """
    if _TAKEN.fullmatch(name) and not _HASHED.fullmatch(name):
        return name
    digest = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:8]
    return f"{_OTHER.sub('_', name)[: LONGEST - 9]} {digest}"


def by_parts(name: str) -> str:
    """A name of several parts, with slashes between them."""
    return "/".join(map(part, name.split("/")))


def in_short(row: Row, board: Board) -> Named:
    """What rows are ranked by, in words and digits that fit into the columns of a list of runs.

    MLflow's comparison starts with what is logged first.
    """
    by, asked = board.figures[row.subset][0], board.question[row.subset]
    spread = figure_of(row, by)
    if spread is not None:
        yield MEAN, round(spread.mean, DIGITS)
        interval = getattr(spread, asked)  # no other: it stands below those of other rows
        if interval is not None:
            yield LOW, round(interval.low, DIGITS)
            yield HIGH, round(interval.high, DIGITS)
        if spread.sd is not None:
            yield SD, round(spread.sd, DIGITS)
        yield WORST, round(min(spread.values), DIGITS)
    yield RANK, 1 + board.subset(row.subset).index(row)
    share = row.best.get(asked)
    if share is not None:
        yield P_BEST, round(share, DIGITS)


def legend(board: Board) -> str:
    """What the words are that ``in_short`` has."""
    first = board.subsets[0]
    name, wider = board.figures[first][0], MEANT[board.question[first]]
    return (
        f"{RANK} is by {NAMES[name]} ({first}/{name}): {MEAN}, {SD} and {WORST} of the repeats, "
        f"{LOW} to {HIGH} the 95 % interval for {wider}, {P_BEST} the probability of being the "
        "best row."
    )


def headline(row: Row, board: Board) -> Named:
    """What the board shows of a row, the figure ranked by first, and decisions.

    A run and its model have these, by the same names.
    """
    for name in dict.fromkeys([*board.figures[row.subset], *DECIDED]):
        spread = figure_of(row, name)
        if spread is None:
            continue
        place = f"{row.subset}/{name}"
        yield place, spread.mean
        if spread.sd is not None:
            yield f"{place}/sd", spread.sd
        question, interval = _answer(spread, board.question[row.subset])
        if interval is not None:
            yield f"{place}/{question}/low", interval.low
            yield f"{place}/{question}/high", interval.high


def of_parent(rows: Sequence[Row], board: Board) -> Named:
    """The metrics of one label's rows, one row a subset: in short, then what the board shows.

    In short is said what the board shows first. Of machine types there is what rows are ranked
    by: the rest is in tables.
    """
    for row in rows:
        if row.subset == board.subsets[0]:
            yield from in_short(row, board)
    for row in rows:
        yield from headline(row, board)
        yield f"{row.subset}/place", 1 + board.subset(row.subset).index(row)
        yield f"{row.subset}/repeats", row.repeats
        share = row.best.get(board.question[row.subset])
        if share is not None:
            yield f"{row.subset}/probability_best", share
        by = board.figures[row.subset][0]
        for machine, figures in row.machines.items():
            spread = figure_of(figures, by)
            if spread is not None:
                yield of_machine(row.subset, machine, by), spread.mean


def of_repeat(rows: Sequence[Row], board: Board, index: int) -> Named:
    """The metrics of a repeat, the ``index``-th that is complete: what rows are ranked by first."""
    for row in rows:
        if row.subset == board.subsets[0]:
            by = board.figures[row.subset][0]
            spread = figure_of(row, by)
            if spread is not None:
                yield MEAN, round(spread.values[index], DIGITS)  # where its parent's column is
    for row in rows:
        for name, spread in spreads(row):
            yield name, spread.values[index]


def of_machine(subset: str, machine: str, figure: str) -> str:
    """The name of a machine type's figure."""
    return f"{MACHINES}/{subset}/{part(machine)}/{figure}"


def levels(row: Row) -> Iterator[tuple[str, Level]]:
    """A row, its machine types and their IDs, each by its place: ``machines/development/fan``."""
    yield row.subset, row
    for machine, of_type in row.machines.items():
        place = f"{MACHINES}/{row.subset}/{part(machine)}"
        yield place, of_type
        for id_, of_id in of_type.ids.items():
            yield f"{place}/id_{part(id_)}", of_id


def spreads(row: Row) -> Iterator[tuple[str, Spread]]:
    """Every figure of a row: ``development/auc``, ``machines/development/fan/id_00/auc``."""
    for place, figures in levels(row):
        for name in EVERY:
            spread = figure_of(figures, name)
            if spread is not None:
                yield f"{place}/{name}", spread


def curve(machine: str | None, stage: str, figures: Mapping[str, float]) -> Named:
    """The figures of an epoch: ``train/fan/loss``."""
    place = f"{part(stage)}/{part(machine)}" if machine else part(stage)
    for name, value in figures.items():
        yield f"{place}/{part(name)}", value


def _answer(spread: Spread, asked: str) -> tuple[str, Interval | None]:
    """The question that an interval answers: the board's, or that of clips where it has none."""
    question = asked if getattr(spread, asked) else "clips"
    return question, getattr(spread, question)
