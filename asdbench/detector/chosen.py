"""Which fits of an output folder a detector is made of: by rule, and not by test figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from asdbench.config.names import did_you_mean
from asdbench.evaluation.figures import Row, figure_of
from asdbench.evaluation.protocols import NAMES
from asdbench.results.files import current
from asdbench.results.store import Store

FIRST, ALL, BEST = "first", "all", "best"
_RANKS = "its scores are ranks among test clips, which a new recording doesn't have"


@dataclass(frozen=True)
class Fit:
    """One repeat of a row: the names of its cells by machine type."""

    label: str
    method: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class ChosenFits:
    """A row, the fits that a detector is made of, and how they were chosen, in words."""

    record: Mapping[str, Any]
    fits: tuple[Fit, ...]
    how: str


def chosen(store: Store, label: str, repeats: str) -> ChosenFits:
    """The fits of a row: its first complete repeat, "all", a number from 0, or the "best".

    Raises ``ValueError`` for a row that there isn't, that was imported, or that has no such repeat.
    """
    rows = {row["label"]: row for row in store.rows()}
    if label not in rows:
        raise ValueError(f"no row {label!r} in {store.folder}{did_you_mean(label, rows)}")
    record = rows[label]
    kind = record["origin"]["kind"]
    if kind == "import":
        raise ValueError(f"{label} was imported: there are scores of it, and nothing to score with")
    if kind == "ensemble" and record["fields"]["by"] == "rank":
        raise ValueError(f"{label} can't become a detector: {_RANKS}; use an ensemble by scores")
    complete = [n for n, cells in enumerate(record["repeats"]) if all(map(store.done, cells))]
    if not complete:
        raise ValueError(f"no repeat of {label} in {store.folder} is complete; run it again")
    numbers, how = _numbers(store, record, complete, repeats)
    fits = tuple(fit for n in numbers for fit in _fits(rows, record, n))
    return ChosenFits(record, fits, how)


def _numbers(
    store: Store, record: Mapping[str, Any], complete: Sequence[int], repeats: str
) -> tuple[list[int], str]:
    if repeats not in {FIRST, ALL, BEST} and (
        not repeats.isdecimal() or int(repeats) not in complete
    ):
        there = ", ".join(map(str, complete))
        raise ValueError(f"repeats = {repeats!r}: give {FIRST}, {ALL}, {BEST}, or one of {there}")
    if record.get("deterministic") and len(complete) > 1:
        return [complete[0]], "its first fit (seeds change nothing)"
    if len(complete) == 1 or repeats == FIRST:
        many = len(complete) > 1
        return [complete[0]], f"the first of {len(complete)} repeats" if many else "its only fit"
    if repeats == ALL:
        return list(complete), f"all {len(complete)} repeats, their standardised scores averaged"
    if repeats == BEST:
        return _best(store, record["label"], complete)
    return [int(repeats)], f"repeat {repeats}, as asked"


def _best(store: Store, label: str, complete: Sequence[int]) -> tuple[list[int], str]:
    board = current(store)
    rows: list[Row] = [row for row in board.rows if row.label == label]
    if not rows:
        raise ValueError(f"{label} has no figures to choose the best repeat by; use {FIRST}")
    row = rows[-1]  # development, where there are both
    by = board.figures[row.subset][0]
    spread = figure_of(row, by)
    assert spread is not None  # rows are ranked by it
    place = max(range(len(complete)), key=lambda n: spread.values[n])
    return [complete[place]], (
        f"repeat {complete[place]}, chosen by {NAMES[by]} of the {row.subset} test clips, "
        "which flatters its figures"
    )


def _fits(rows: Mapping[str, Any], record: Mapping[str, Any], number: int) -> Iterator[Fit]:
    if record["origin"]["kind"] != "ensemble":
        yield Fit(record["label"], record["method"], tuple(record["repeats"][number]))
        return
    for part in record["origin"]["of"]:
        if part not in rows:
            raise ValueError(f"{record['label']}: its part {part!r} is no row here any more")
        yield from _fits(rows, rows[part], number)
