"""Boards whose every figure a test may choose; ``boards`` makes larger ones at random."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from boards import made

from asdbench.evaluation import (
    QUESTIONS,
    RANKS,
    Board,
    Difference,
    Interval,
    MachineFigures,
    Pair,
    Row,
    Spread,
)


def spread(mean: float, sd: float | None = None, **intervals: Interval) -> Spread:
    return Spread(mean, sd, (mean,), **intervals)


def machine(auc: float, pauc: float) -> MachineFigures:
    figures = {name: spread(auc) for name in ("auc", "mauc", "mean_auc_pauc", "pooled_auc")}
    return MachineFigures(**figures, pauc=spread(pauc), ids={})


def row(label: str, subset: str = "development", **changed: Any) -> Row:
    intervals = zip(QUESTIONS, [(0.66, 0.74), (0.65, 0.75), (0.6, 0.8)], strict=True)
    figure = spread(0.70625, 0, **{question: Interval(*ends) for question, ends in intervals})
    whole = Row(
        label=label,
        method="knn",
        summary="Neighbours.",
        subset=subset,
        origin={"kind": "run"},
        repeats=3,
        planned=3,
        seconds=12.34,
        auc=spread(0.81249, 0.0123),
        pauc=spread(0.6),
        mauc=spread(0.5555, 0.1),
        mean_auc_pauc=figure,
        pooled_auc=spread(0.7),
        machines={"fan": machine(0.9, 0.8), "pump": machine(0.7, 0.65)},
        seeds="counted",
        best=dict.fromkeys(QUESTIONS, 0.754),
        letters=dict.fromkeys(QUESTIONS, "a"),
        places=(1, 1, 1),
    )
    return replace(whole, **changed)


def pair(first: str, second: str, **changed: Any) -> Pair:
    whole = Pair(
        subset="development",
        figure=RANKS,
        first=first,
        second=second,
        n=12,
        difference=0.1,
        clips=Difference(0.06, 0.14, 0.0001, 0.001),
        here=Difference(0.05, 0.15, 0.001, 0.01),
        elsewhere=Difference(-0.01, 0.21, 0.06, 0.12),
        flips=0.0,
    )
    return replace(whole, **changed)


def board(*rows: Row, **changed: Any) -> Board:
    whole = {"rows": rows, "benchmark": "demo-fans", "recipe": {}}
    return made([], subsets=[], **(whole | changed))
