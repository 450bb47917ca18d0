"""What the page's charts are drawn from: the board's figures, packed small."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from asdbench.evaluation import (
    QUESTIONS,
    Board,
    Difference,
    IdFigures,
    Interval,
    MachineFigures,
    Pair,
    Row,
    Spread,
    figure_of,
    rivals,
)

from . import _kinds
from ._cost import COSTS
from ._figures import long, ranked_by, ranks, shown
from ._page_words import MISSING
from ._text import letters, machine_types, percent, probability

_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
POINTS = 24000  # of all curves of training together
_ALONE = {part: dict.fromkeys(QUESTIONS, MISSING) for part in ("best", "letters")}


def drawn(board: Board) -> dict[str, Any]:
    """Everything that the scripts know; ``data.js`` unpacks it.

    A mean and its deviation keep all digits, so that charts round them as tables do.
    """
    figures = shown(board)
    labels = list(dict.fromkeys(row.label for row in board.rows))
    rest: dict[str, Any] = light(
        {
            "labels": labels,
            **_curves(board),
            "ofIds": _of_ids(figures),
            "complete": {label: system.complete for label, system in board.systems.items()},
            "falseRates": board.false_rates,
            "figures": long_names(board),
            "ranks": {subset: ranks(board, subset) for subset in board.subsets},
            "rankedBy": {subset: ranked_by(board, subset) for subset in board.subsets},
            "machines": machine_types(board.rows),
            "kinds": list(_kinds.scales(board)),
            "costs": COSTS,
            "pairs": [
                _pair(pair, labels, figures) for pair in board.pairs if pair.figure in figures
            ],
        }
    )
    lone = {subset for subset in board.subsets if len(rivals(board.subset(subset))) == 1}
    rows = [_row(row, figures) for row in board.rows]
    return rest | {"rows": [one | (_ALONE if one["subset"] in lone else {}) for one in rows]}


def long_names(board: Board) -> dict[str, str]:
    """The figures of the switch, in words."""
    protocol = max(board.protocol.values(), default="2020")
    return {name: long(name, protocol) for name in shown(board)}


def light(value: Any) -> Any:
    """With five digits of each number."""
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, Mapping):
        return {key: light(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [light(part) for part in value]
    return value


def _curves(board: Board) -> dict[str, Any]:
    """Curves of training by label, the many of a large board thinner; lists of epochs once."""
    every = {label: system.curves for label, system in board.systems.items() if system.curves}
    most = max(8, POINTS // max(1, sum(map(len, every.values()))))
    epochs: dict[tuple[int, ...], int] = {}
    found: dict[str, list[Any]] = {label: [] for label in every}
    for label, curves in every.items():
        for curve in curves:
            kept = _spaced(len(curve.epochs), most)
            place = epochs.setdefault(tuple(curve.epochs[at] for at in kept), len(epochs))
            values = [curve.values[at] for at in kept]
            found[label].append(
                [curve.repeat, curve.machine, curve.stage, curve.figure, place, values]
            )
    return {"curves": found, "epochs": list(epochs)}


def _spaced(length: int, most: int) -> list[int]:
    """At most so many of the places up to ``length``, the first and the last included."""
    if length <= most:
        return list(range(length))
    return sorted({round(step * (length - 1) / (most - 1)) for step in range(most)})


def _of_ids(figures: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(("auc", *figures)))


def _row(row: Row, figures: Sequence[str]) -> dict[str, Any]:
    return {
        "label": row.label,
        "subset": row.subset,
        "about": f"{row.method} {row.summary}",
        "best": {question: probability(row.best[question]) for question in QUESTIONS},
        "letters": {question: letters(row, question) for question in QUESTIONS},
        "places": row.places,
        "rival": row.same_as is None,
        "cost": light(asdict(row.cost)) if row.cost else None,
        "of": _spreads(row, figures),
        "machines": {
            machine: {
                "of": _spreads(found, figures),
                "ids": {name: _id(of_id, figures) for name, of_id in found.ids.items()},
            }
            for machine, found in row.machines.items()
        },
    }


def _spreads(of: Row | MachineFigures, figures: Sequence[str]) -> list[list[Any] | None]:
    """Of each figure: mean, deviation, values, and the interval of each question."""
    found = (figure_of(of, figure) for figure in figures)
    return [_parts(spread) if spread else None for spread in found]


def _parts(spread: Spread) -> list[Any]:
    ends = (_ends(getattr(spread, question)) for question in QUESTIONS)
    return [spread.mean, spread.sd, light(spread.values), *ends]


def _ends(interval: Interval | None) -> list[float] | None:
    return [float(f"{end:.7g}") for end in (interval.low, interval.high)] if interval else None


def _id(of_id: IdFigures, figures: Sequence[str]) -> list[Any]:
    """Figures as printed, clips of each class, the ROC curve in thousandths, and scores."""
    found = (figure_of(of_id, figure) for figure in _of_ids(figures))
    scores = of_id.scores
    return [
        [spread and _printed(spread) for spread in found],
        of_id.normal,
        of_id.anomalous,
        "".join(map(_thousandths, of_id.roc)),
        [scores.low, scores.high, list(scores.normal), list(scores.anomalous)],
    ]


def _thousandths(rate: float) -> str:
    """Two letters, in base 36."""
    return "".join(_LETTERS[part] for part in divmod(round(1000 * rate), 36))


def _printed(spread: Spread) -> list[float]:
    sd = [] if spread.sd is None else [spread.sd]
    return [float(percent(value)) for value in (spread.mean, *sd)]


def _pair(pair: Pair, labels: Sequence[str], figures: Sequence[str]) -> list[Any]:
    """Subset, figure, both rows by number, difference, n, flips, and what each question says."""
    return [
        pair.subset,
        figures.index(pair.figure),
        labels.index(pair.first),
        labels.index(pair.second),
        pair.difference,
        pair.n,
        pair.flips,
        *(_said(getattr(pair, question)) for question in QUESTIONS),
    ]


def _said(found: Difference | None) -> list[float] | None:
    return [found.low, found.high, found.corrected] if found else None
