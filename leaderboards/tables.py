"""The leaderboard for programs: CSV with a line a figure's place, and JSON with everything."""

from __future__ import annotations

import csv
import io
import json

from asdbench.results import FIGURES, Board, IdFigures, MachineFigures, Row


def render_csv(board: Board) -> str:
    """One line a row, subset, machine type and machine ID; "all" for the means over them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    spreads = [f"{figure}_{part}" for figure in FIGURES for part in ("mean", "sd")]
    writer.writerow(["label", "method", "subset", "machine", "id", "repeats", *spreads])
    for row in board.rows:
        start = [row.label, row.method, row.subset]
        writer.writerow([*start, "all", "all", row.repeats, *_cells(row)])
        for machine, of_machine in row.machines.items():
            writer.writerow([*start, machine, "all", row.repeats, *_cells(of_machine)])
            for id_, of_id in of_machine.ids.items():
                writer.writerow([*start, machine, id_, row.repeats, *_cells(of_id)])
    return text.getvalue()


def render_json(board: Board) -> str:
    """The whole board; docs/results-format.md has the schema."""
    return json.dumps(board.as_dict(), indent=1, allow_nan=False) + "\n"


def _cells(of: Row | MachineFigures | IdFigures) -> list[str]:
    """Mean and sd of each figure; empty where there is none."""
    cells = []
    for figure in FIGURES:
        spread = getattr(of, figure, None)
        cells += (
            ["", ""]
            if spread is None
            else [
                repr(spread.mean),
                "" if spread.sd is None else repr(spread.sd),
            ]
        )
    return cells
