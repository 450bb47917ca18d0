"""What figures and fields are called in MLflow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from asdbench.evaluation import (
    EVERY,
    QUESTIONS,
    Board,
    IdFigures,
    MachineFigures,
    Row,
    Slice,
    Spread,
    figure_of,
)
from asdbench.evaluation.protocols import DECIDED

Named = Iterator[tuple[str, float]]
LONGEST = 80  # of a tag or a value; MLflow takes 250 in all


def spreads(row: Row) -> Iterator[tuple[str, Spread]]:
    """Every figure of a row: ``development/fan/id_00/auc``."""
    levels: list[tuple[str, Row | MachineFigures | IdFigures]] = [(row.subset, row)]
    for machine, of_machine in row.machines.items():
        levels.append((f"{row.subset}/{machine}", of_machine))
        levels += [(f"{row.subset}/{machine}/id_{i}", ids) for i, ids in of_machine.ids.items()]
    for place, figures in levels:
        for name in EVERY:
            spread = figure_of(figures, name)
            if spread is not None:
                yield f"{place}/{name}", spread


def stability(row: Row, place: int, by: str) -> Named:
    """A parent's metrics: each figure's mean under its own name, its sd, minimum and intervals.

    First that which rows are ranked ``by``: MLflow's comparison starts with what is logged first.
    """
    ranked = figure_of(row, by)
    if ranked is not None:
        yield f"{row.subset}/{by}", ranked.mean
    for question, share in row.best.items():
        if share is not None:
            yield f"{row.subset}/probability_best/{question}", share
    yield f"{row.subset}/place", place
    yield f"{row.subset}/repeats", row.repeats
    for name, spread in spreads(row):
        yield name, spread.mean
        yield f"{name}/min", min(spread.values)
        if spread.sd is not None:
            yield f"{name}/sd", spread.sd
    for figure in EVERY:
        of_figure = figure_of(row, figure)
        for question in QUESTIONS if of_figure else ():
            interval = getattr(of_figure, question)
            if interval is not None:
                yield f"{row.subset}/{figure}/{question}/low", interval.low
                yield f"{row.subset}/{figure}/{question}/high", interval.high


def headline(row: Row, board: Board) -> Named:
    """A model's metrics: what the board shows of its row, the ranking figure first, and decisions.

    Their names are those of the row's own metrics.
    """
    for name in dict.fromkeys([*board.figures[row.subset], *DECIDED]):
        spread = figure_of(row, name)
        if spread is None:
            continue
        place = f"{row.subset}/{name}"
        yield place, spread.mean
        if spread.sd is not None:
            yield f"{place}/sd", spread.sd
        asked = board.question[row.subset]
        question = asked if getattr(spread, asked) else "clips"
        interval = getattr(spread, question)
        if interval is not None:
            yield f"{place}/{question}/low", interval.low
            yield f"{place}/{question}/high", interval.high


def kinds(slices: Iterable[Slice], row: Row) -> Named:
    """AUCs of a row by kind of clip, with their intervals: ``development/by fault/leak/auc``.

    MLflow takes letters, digits, blanks and ``_.-/`` on every system; anything else becomes ``_``.
    """
    taken: set[str] = set()
    for one in slices:
        if one.subset == row.subset and row.label in one.rows:
            name = f"{one.subset}/by {_legal(one.tag)}/{_legal(one.value)}"
            while name in taken:  # of <5 and >5
                name += "_"
            taken.add(name)
            spread = one.rows[row.label]
            yield f"{name}/auc", spread.mean
            if spread.here:
                yield f"{name}/auc_low", spread.here.low
                yield f"{name}/auc_high", spread.here.high


def _legal(text: str) -> str:
    """A part of a metric's name that isn't another part when it is read as a path."""
    named = re.sub(r"[^\w.\- ]", "_", text)[:LONGEST]
    return re.sub(r"^\.+$", "_", named)


def curve(machine: str | None, stage: str, figures: Mapping[str, float]) -> Named:
    """The figures of an epoch: ``train/fan/loss``."""
    place = f"{stage}/{machine}" if machine else stage
    for name, value in figures.items():
        yield f"{place}/{name}", value
