"""The leaderboard for programs: CSV with a line a figure's place, and JSON with everything."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from asdbench.evaluation import (
    EVERY,
    QUESTIONS,
    Board,
    IdFigures,
    Interval,
    MachineFigures,
    Row,
    figure_of,
)

from ._cost import COSTS
from ._text import in_sheet

LINKS = ("paper", "code")


def render_csv(board: Board) -> str:
    """One line a row, subset, machine type and machine ID; "all" for the means over them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    figures = [name for name in EVERY if any(figure_of(row, name) for row in board.rows)]
    spreads = [f"{figure}_{part}" for figure in figures for part in ("mean", "sd")]
    ends = [
        f"{figure}_{which}_{end}"
        for figure in figures
        for which in QUESTIONS
        for end in ("low", "high")
    ]
    start = ["label", "method", "subset", "machine", "id", "repeats"]
    told = [f"{name}_{question}" for name in ("best", "letters") for question in QUESTIONS]
    writer.writerow([*start, *spreads, *ends, "seeds", *told, *COSTS, "remarks", *LINKS])
    for row in board.rows:
        start = [in_sheet(text) for text in (row.label, row.method, row.subset)]
        shares = [_number(row.best[question]) for question in QUESTIONS]
        whole = [row.seeds, *shares, *(row.letters[question] or "" for question in QUESTIONS)]
        whole += [_number(getattr(row.cost, name, None)) for name in COSTS]
        said = ["; ".join(row.remarks), *(row.sources.get(name, "") for name in LINKS)]
        whole += map(in_sheet, said)
        none = [""] * len(whole)
        writer.writerow([*start, "all", "all", row.repeats, *_cells(row, figures), *whole])
        for machine, of_machine in row.machines.items():
            of_type = [*start, in_sheet(machine)]
            writer.writerow([*of_type, "all", row.repeats, *_cells(of_machine, figures), *none])
            for id_, of_id in of_machine.ids.items():
                cells = _cells(of_id, figures)
                writer.writerow([*of_type, in_sheet(id_), row.repeats, *cells, *none])
    return text.getvalue()


def render_json(board: Board) -> str:
    """The whole board; ``asdbench.evaluation.board_schema()`` has its schema."""
    return json.dumps(board.as_dict(), indent=1, allow_nan=False) + "\n"


def _cells(of: Row | MachineFigures | IdFigures, figures: Sequence[str]) -> list[str]:
    """Mean and sd of each figure, then the intervals' ends; empty where there is none."""
    cells = []
    spreads = [figure_of(of, figure) for figure in figures]
    for spread in spreads:
        cells += [_number(spread.mean), _number(spread.sd)] if spread else ["", ""]
    for spread in spreads:
        for which in QUESTIONS:
            found: Interval | None = getattr(spread, which, None)
            cells += [_number(found.low), _number(found.high)] if found else ["", ""]
    return cells


def _number(value: float | None) -> str:
    return "" if value is None else repr(value)
