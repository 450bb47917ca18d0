"""What the page's tables are made of: machine types and IDs, heat maps, pairs both ways round."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from asdbench.evaluation import Board, MachineFigures, Pair, Row, figure_of

from ._text import machine_types, pairs_of

LEVELS = 13  # colours of the heat map, theme.css
STEP = 0.05  # the heat map's scale begins and ends at a multiple of it


def parts(rows: Sequence[Row]) -> dict[str, list[str]]:
    """Machine types and their IDs, those of every row."""
    found: dict[str, set[str]] = {machine: set() for machine in machine_types(rows)}
    for row in rows:
        for machine, figures in row.machines.items():
            found[machine].update(figures.ids)
    return {machine: sorted(ids) for machine, ids in found.items()}


def figure_of_id(figure: str) -> str:
    """The figure of an ID that goes into a machine type's: mAUC is made of AUCs."""
    return "auc" if figure == "mauc" else figure


def scale(rows: Iterable[Row], figure: str) -> tuple[float, float]:
    """Where the colours of a heat map begin and end."""
    values: list[float] = []
    for row in rows:
        for machine in row.machines.values():
            ids = [figure_of(of_id, figure_of_id(figure)) for of_id in machine.ids.values()]
            values += [one.mean for one in (figure_of(machine, figure), *ids) if one]
    return ends(values)


def ends(values: Sequence[float]) -> tuple[float, float]:
    """From one multiple of ``STEP`` to another."""
    if not values:
        return 0.0, 1.0
    low, high = int(min(values) / STEP), -int(-max(values) / STEP // 1)
    return low * STEP, max(high, low + 1) * STEP


def level(value: float, scale: tuple[float, float]) -> int:
    """The colour of a value, 0 to ``LEVELS`` - 1."""
    low, high = scale
    return max(0, min(LEVELS - 1, int((value - low) / (high - low) * LEVELS)))


def worst(machine: MachineFigures, figure: str) -> str | None:
    """The ID with the lowest figure; None where there is only one ID."""
    found = {name: figure_of(of_id, figure) for name, of_id in machine.ids.items()}
    means = {name: one.mean for name, one in found.items() if one}
    return min(means, key=lambda name: means[name]) if len(means) > 1 else None


def matrix(board: Board, subset: str) -> dict[tuple[str, str], tuple[Pair, int]]:
    """Each pair both ways round, with the sign that its difference has that way."""
    pairs = pairs_of(board, subset)
    there = {(pair.first, pair.second): (pair, 1) for pair in pairs}
    return there | {(pair.second, pair.first): (pair, -1) for pair in pairs}
