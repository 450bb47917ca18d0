"""What is too much for metrics, as tables that MLflow shows: by machine ID, by kind of clip.

A table is a file, so that it shows today's results and nothing that was there before. MLflow puts
those of several runs side by side: it takes the first column as what to group by, and the second as
what to compare.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from asdbench.evaluation import (
    EVERY,
    QUESTIONS,
    Board,
    IdFigures,
    Interval,
    MachineFigures,
    Row,
    Spread,
    figure_of,
)
from asdbench.tracking.names import DIGITS

FOLDER = "tables"
MACHINE_IDS = f"{FOLDER}/machine_ids.json"
FIGURES = f"{FOLDER}/figures.json"
KINDS = f"{FOLDER}/kinds_of_clip.json"
Cells = Sequence[Any]


def tables(rows: Sequence[Row], board: Board) -> dict[str, str]:
    """The tables of one label's rows, one row a subset, by file; as MLflow reads them."""
    figures = list(dict.fromkeys(name for row in rows for name in board.figures[row.subset]))
    sds = [f"{name} sd" for name in figures]
    return {
        MACHINE_IDS: _text(
            ["machine ID", *figures, *sds],
            [line for row in rows for line in _machine_ids(row, figures)],
        ),
        FIGURES: _text(
            ["figure", "mean", "low", "high"], [line for row in rows for line in _figures(row)]
        ),
        KINDS: _text(
            ["kind of clip", "auc", "low", "high"],
            [line for row in rows for line in _kinds(row, board)],
        ),
    }


def _machine_ids(row: Row, names: Sequence[str]) -> Iterator[Cells]:
    """Means over repeats, and standard deviations, of each machine type and each of its IDs."""
    for machine, of_machine in row.machines.items():
        levels: dict[str, MachineFigures | IdFigures] = {"": of_machine}
        levels |= {f" {id_}": of_id for id_, of_id in of_machine.ids.items()}
        for id_, level in levels.items():
            spreads = [figure_of(level, name) for name in names]
            means = [None if spread is None else _short(spread.mean) for spread in spreads]
            sds = [None if spread is None else _short(spread.sd) for spread in spreads]
            yield f"{row.subset} {machine}{id_}", *means, *sds


def _figures(row: Row) -> Iterator[Cells]:
    """Every figure with every interval, and P(best), by question."""
    for name in EVERY:
        spread = figure_of(row, name)
        for question in QUESTIONS if spread is not None else ():
            if spread is not None and getattr(spread, question) is not None:
                yield f"{row.subset} {name}, {question}", *_ends(spread, getattr(spread, question))
    for question, share in row.best.items():
        if share is not None:
            yield f"{row.subset} P(best), {question}", _short(share), None, None


def _kinds(row: Row, board: Board) -> Iterator[Cells]:
    """AUC on each kind of clip, where clips are tagged."""
    for kind in board.slices:
        spread = kind.rows.get(row.label) if kind.subset == row.subset else None
        if spread is not None:
            yield f"{row.subset} {kind.tag}: {kind.value}", *_ends(spread, spread.here)


def _ends(spread: Spread, interval: Interval | None) -> Cells:
    ends = (None, None) if interval is None else (_short(interval.low), _short(interval.high))
    return _short(spread.mean), *ends


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)


def _text(columns: Cells, lines: Sequence[Cells]) -> str:
    return json.dumps({"columns": list(columns), "data": [list(line) for line in lines]})
