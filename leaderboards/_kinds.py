"""Results by kind of clip, and which rows complement each other, as boards arrange them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

from asdbench.evaluation import ALPHA, Agreement, Board, Slice, is_scale


class Complement(NamedTuple):
    """Of a row and a column: clips that only the column finds, and how alike they rank clips."""

    added: int
    correlation: float | None
    most: bool


def by_tag(board: Board, subset: str) -> dict[str, list[Slice]]:
    """The kinds of clip of a subset, each tag's in the order of its values."""
    found: dict[str, list[Slice]] = {}
    for one in board.slices:
        if one.subset == subset:
            found.setdefault(one.tag, []).append(one)
    return found


def leading(one: Slice, question: str) -> set[str]:
    """The row that hears a kind best, and those that can't be told from it; none of one row."""
    told = {
        label
        for label, behind in one.behind.items()
        if (found := getattr(behind, question)) and found.corrected < ALPHA
    }
    return {one.best, *one.behind} - told if one.behind else set()


def means(slices: Iterable[Slice]) -> list[float]:
    """Every row's AUC on every kind."""
    return [spread.mean for one in slices for spread in one.rows.values()]


def scales(board: Board) -> Iterator[dict[str, Any]]:
    """What is drawn as lines: the kinds of tags whose values lie on a scale."""
    for subset in board.subsets:
        for kinds in by_tag(board, subset).values():
            if is_scale(one.value for one in kinds):
                yield from map(_drawn, kinds)


def agreements_of(board: Board, subset: str) -> list[Agreement]:
    """The pairs of one subset."""
    return [one for one in board.agreements if one.subset == subset]


def complements(agreements: Sequence[Agreement]) -> dict[tuple[str, str], Complement]:
    """By row and column; ``most`` is the column that adds the most to its row."""
    found = {}
    for one in agreements:
        found[one.first, one.second] = (one.found_by.second, one.correlation)
        found[one.second, one.first] = (one.found_by.first, one.correlation)
    top: dict[str, int] = {}
    for (row, _), (count, _) in found.items():
        top[row] = max(top.get(row, 1), count)
    return {
        both: Complement(count, correlation, count == top[both[0]])
        for both, (count, correlation) in found.items()
    }


def _drawn(one: Slice) -> Mapping[str, Any]:
    rows = {label: asdict(spread) for label, spread in one.rows.items()}
    kept = ("mean", "sd", "here")
    return {
        "subset": one.subset,
        "tag": one.tag,
        "value": one.value,
        "anomalous": one.anomalous,
        "rows": {label: {name: of_row[name] for name in kept} for label, of_row in rows.items()},
    }
