"""What a leaderboard draws: ROC curves, histograms of scores, and curves of training."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from asdbench.evaluation import metrics
from asdbench.evaluation.board import Curve
from asdbench.evaluation.figures import Histogram
from asdbench.evaluation.metrics import Floats

# Finer where pAUC looks.
FALSE_RATES = tuple(k / 200 for k in (*range(21), *range(30, 201, 10)))
BINS = 24
FENCE = 3.0  # quartile ranges beyond a class's quartiles: clips farther out are outliers
POINTS = 60  # of a curve of training at most
DIGITS = 4  # enough to draw


def roc(anomalous: ArrayLike, repeats: Iterable[ArrayLike]) -> list[float]:
    """True positive rates at ``FALSE_RATES``, mean over repeats of scores (N,)."""
    curves = [np.interp(FALSE_RATES, *metrics.roc(anomalous, scores)) for scores in repeats]
    return [round(float(value), DIGITS) for value in np.mean(curves, axis=0)]


def histogram(anomalous: ArrayLike, scores: ArrayLike) -> Histogram:
    """Where scores (N,) of normal and of anomalous clips lie; the tails go into the end bins."""
    positive, values = np.asarray(anomalous, bool), np.asarray(scores, np.float64)
    low, high = _range(values, positive)
    inside = np.clip(values, low, high)
    counts = [
        np.histogram(inside[part], BINS, (low, high))[0].tolist() for part in (~positive, positive)
    ]
    return Histogram(low, high, *counts)


def _range(values: Floats, positive: NDArray[np.bool_]) -> tuple[float, float]:
    """Where a histogram begins and ends: a few clips far from their class don't make it one bar."""
    ends = np.quantile(values, [0.005, 0.995])
    fences = []
    for part in (~positive, positive):
        if part.any():
            first, third = np.quantile(values[part], [0.25, 0.75])
            fences += [first - FENCE * (third - first), third + FENCE * (third - first)]
    low, high = np.clip([min(fences), max(fences)], *ends)
    if high - low <= BINS * np.spacing(np.abs(ends).max()):
        low, high = ends
    if high - low <= BINS * np.spacing(np.abs(ends).max()):  # one value
        half = abs(low) / 2 or 0.5
        low, high = low - half, high + half
    return float(low), float(high)


def curves(repeat: int, machine: str | None, history: Sequence[Mapping[str, str]]) -> list[Curve]:
    """The curves of one cell's training: one a stage and figure, of what can be drawn of it."""
    found: dict[tuple[str, str], list[tuple[int, float]]] = {}
    for line in history:
        for figure, value in line.items():
            if figure not in {"stage", "epoch"} and value and math.isfinite(float(value)):
                points = found.setdefault((line["stage"], figure), [])
                points.append((int(line["epoch"]), float(value)))
    return [
        Curve(repeat, machine, stage, figure, *zip(*_thinned(points), strict=True))
        for (stage, figure), points in found.items()
    ]


def _thinned(points: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """At most ``POINTS`` of them, the first and the last included."""
    chosen = np.unique(np.linspace(0, len(points) - 1, POINTS).round().astype(int))
    return [(points[i][0], float(f"{points[i][1]:.5g}")) for i in chosen]
