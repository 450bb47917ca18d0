"""Rows and pairs as pandas frames in long form; ``Board`` imports this only when asked for one.

Pandas takes a while to import, and is not needed for anything else here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

import pandas as pd

from asdbench.evaluation.breakdown import Agreement, Behind, Slice
from asdbench.evaluation.figures import (
    QUESTIONS,
    Difference,
    IdFigures,
    MachineFigures,
    Pair,
    Row,
    Spread,
    figure_of,
)
from asdbench.evaluation.protocols import EVERY

_OTHERS = ("elsewhere_low", "elsewhere_high", "clips_low", "clips_high")
_SPREAD = ("figure", "mean", "sd", "low", "high", *_OTHERS)
_COST = ("parameters", "multiply_adds", "fit_seconds", "score_ms")
_ROW = (
    *("subset", "label", "method", "origin", "repeats"),
    *_SPREAD,
    *("place", "question", "best", "letters"),
    *_COST,
    "remarks",
)
_MACHINE = ("subset", "label", "machine", "id", *_SPREAD, "normal", "anomalous")
_DIFFERENCE = tuple(field.name for field in fields(Difference))
_PAIR = (
    *("subset", "figure", "first", "second", "n", "difference"),
    *(f"{question}_{part}" for question in QUESTIONS for part in _DIFFERENCE),
    "flips",
)
_SLICE = (
    *("subset", "tag", "value", "label", *_SPREAD[1:]),
    *("machines", "normal", "anomalous", "behind"),
    *(f"behind_{question}_{part}" for question in QUESTIONS for part in _DIFFERENCE),
)
_AGREEMENT = (
    *("subset", "first", "second", "n", "correlation"),
    *("both", "only_first", "only_second", "neither"),
)
_NOT_BEHIND = (None,) * (1 + len(QUESTIONS) * len(_DIFFERENCE))
_WHOLE = {"repeats", "place", "normal", "anomalous", "n"}
_WHOLE |= {"both", "only_first", "only_second", "neither"}
_TEXT = {"subset", "label", "method", "origin", "figure", "letters", "machine", "id"}
_TEXT |= {"remarks"}
_TEXT |= {"first", "second", "question", "tag", "value", "machines"}


def of_rows(rows: Sequence[Row], questions: Mapping[str, str]) -> pd.DataFrame:
    """One line a row and figure; ``Board.to_frame`` tells the columns."""
    places: dict[str, int] = {}
    lines = []
    for row in rows:
        places[row.subset] = place = places.get(row.subset, 0) + 1
        start = (row.subset, row.label, row.method, row.origin.get("kind"), row.repeats)
        asked = questions[row.subset]
        took = [getattr(row.cost, name, None) for name in _COST]
        remarks = "; ".join(row.remarks) or None
        told = (place, asked, row.best[asked], row.letters[asked], *took, remarks)
        lines += [(*start, *figure, *told) for figure in _figures(row)]
    return _frame(lines, _ROW)


def of_machines(rows: Sequence[Row]) -> pd.DataFrame:
    """One line a row, machine type, machine ID and figure; None for a type's mean over IDs."""
    lines = []
    for row in rows:
        for machine, of_machine in row.machines.items():
            parts: list[tuple[str | None, MachineFigures | IdFigures]]
            parts = [(None, of_machine), *of_machine.ids.items()]
            for id_, part in parts:
                start, clips = (row.subset, row.label, machine, id_), _clips(part)
                lines += [(*start, *figure, *clips) for figure in _figures(part)]
    return _frame(lines, _MACHINE)


def of_pairs(pairs: Sequence[Pair]) -> pd.DataFrame:
    """One line a pair and figure; what a question says is in columns that start with its name."""
    lines = []
    for pair in pairs:
        start = (pair.subset, pair.figure, pair.first, pair.second, pair.n, pair.difference)
        lines.append((*start, *_said(pair), pair.flips))
    return _frame(lines, _PAIR)


def of_slices(slices: Sequence[Slice]) -> pd.DataFrame:
    """One line a kind of clip and row."""
    lines = [
        (
            *(one.subset, one.tag, one.value, label, *_numbers(spread)),
            *(", ".join(one.machines), one.normal, one.anomalous),
            *((gap.difference, *_said(gap)) if (gap := one.behind.get(label)) else _NOT_BEHIND),
        )
        for one in slices
        for label, spread in one.rows.items()
    ]
    return _frame(lines, _SLICE)


def of_agreements(agreements: Sequence[Agreement]) -> pd.DataFrame:
    """One line a pair."""
    lines = [
        (one.subset, one.first, one.second, one.n, one.correlation, *asdict(one.found_by).values())
        for one in agreements
    ]
    return _frame(lines, _AGREEMENT)


def _figures(of: Row | MachineFigures | IdFigures) -> Iterator[tuple[Any, ...]]:
    """Each figure that there is: its name, mean, deviation, and both intervals' ends."""
    for name in EVERY:
        spread = figure_of(of, name)
        if spread is not None:
            yield (name, *_numbers(spread))


def _said(compared: Pair | Behind) -> list[float | None]:
    """What each question says of a difference."""
    said: list[float | None] = []
    for question in QUESTIONS:
        found: Difference | None = getattr(compared, question)
        said += [None] * len(_DIFFERENCE) if found is None else [*asdict(found).values()]
    return said


def _numbers(spread: Spread) -> tuple[float | None, ...]:
    """Mean, deviation, and the ends of its intervals."""
    ends = [
        end
        for interval in (spread.here, spread.elsewhere, spread.clips)
        for end in ((interval.low, interval.high) if interval else (None, None))
    ]
    return (spread.mean, spread.sd, *ends)


def _clips(of: MachineFigures | IdFigures) -> tuple[int, int]:
    """How many normal and anomalous test clips there are."""
    ids = of.ids.values() if isinstance(of, MachineFigures) else (of,)
    return sum(of_id.normal for of_id in ids), sum(of_id.anomalous for of_id in ids)


def _frame(lines: Sequence[tuple[Any, ...]], columns: Sequence[str]) -> pd.DataFrame:
    """Counts as int64 and figures as float64, also where there are no lines or only None."""
    kinds = {
        name: "int64" if name in _WHOLE else "float64" for name in columns if name not in _TEXT
    }
    frame = pd.DataFrame(lines, columns=list(columns)).astype(kinds)
    for name in _TEXT & set(columns):
        frame[name] = frame[name].astype(object).where(frame[name].notna(), float("nan"))
    return frame
