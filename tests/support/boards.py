"""Boards of any size for tests: figures are drawn at random, comparisons are made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from asdbench.evaluation import significance
from asdbench.evaluation.board import SUBSETS, VERSION, Board, Curve, System
from asdbench.evaluation.curves import BINS, FALSE_RATES
from asdbench.evaluation.figures import (
    ALPHA,
    FIGURES,
    QUESTIONS,
    RANKS,
    Difference,
    Histogram,
    IdFigures,
    Interval,
    MachineFigures,
    Pair,
    Row,
    Spread,
)
from asdbench.evaluation.protocols import DECIDED, PROTOCOLS

Floats = NDArray[np.float64]

DCASE = {"ToyCar": 4, "ToyConveyor": 3, "fan": 4, "pump": 4, "slider": 4, "valve": 4}
METHODS = ("id_contrastive", "id_classifier", "simclr", "knn", "autoencoder")
FACTS: dict[str, list[Any]] = {
    "commit": ["0123abc"],
    "cpu": ["Some CPU"],
    "gpu": [None],
    "python": ["3.11.9"],
    "versions": [{"asdbench": "0.1.0", "torch": "2.13.0"}],
    "finished": ["2026-03-01T10:00:00Z", "2026-03-02T11:30:00Z"],
}
RECIPE: dict[str, Any] = {
    "dataset": {"name": "synthetic"},
    "frontend": {"n_mels": 128},
    "numerics": {"device": "cpu", "precision": "float32", "threads": 1},
    "repeats": 3,
    "seed": 0,
    "train": {"development": {"clips": 360, "ids": 12}},
}


def made(
    labels: Sequence[str] = METHODS,
    *,
    machines: Mapping[str, int] = DCASE,
    subsets: Sequence[str] = ("evaluation", "development"),
    repeats: int = 3,
    epochs: int = 60,
    **changed: Any,
) -> Board:
    """A board; ``machines`` says how many IDs each type has. The first label is the best."""
    rng = np.random.default_rng(0)
    rows, pairs = [], []
    for subset in subsets:
        found, compared = _of_subset(labels, subset, machines, repeats, rng)
        rows += found
        pairs += compared
    whole: dict[str, Any] = {
        "version": VERSION,
        "made_from": "0123456789abcdef",
        "benchmark": "made up",
        "recipe": RECIPE,
        "rows": rows,
        "notes": [],
        "systems": {label: system(repeats, epochs) for label in labels},
        "pairs": pairs,
        "known": {},
        "protocol": dict.fromkeys(SUBSETS, "2020"),
        "figures": {s: [n for n in PROTOCOLS["2020"] if n not in DECIDED] for s in SUBSETS},
        "false_rates": FALSE_RATES,
        "question": dict.fromkeys(subsets, "here"),
        "slices": [],
        "agreements": [],
    }
    return Board(**(whole | changed))


def system(repeats: int, epochs: int = 60, **changed: Any) -> System:
    """What a row was run with: two curves a repeat."""
    steps = range(1, epochs + 1)
    whole: dict[str, Any] = {
        "fields": {"lr": 1e-3, "classifier": {"margin": 0.7, "batch": {"size": 24}}},
        "recipe": RECIPE,
        "complete": list(range(repeats)),
        "facts": FACTS,
        "mixed": [],
        "curves": [
            Curve(repeat, None, "train", figure, list(steps), [factor / step for step in steps])
            for repeat in range(repeats)
            for figure, factor in (("loss", 3.0 + repeat / 5), ("lr", 0.01))
        ],
    }
    return System(**(whole | changed))


def _of_subset(
    labels: Sequence[str],
    subset: str,
    machines: Mapping[str, int],
    repeats: int,
    rng: np.random.Generator,
) -> tuple[list[Row], list[Pair]]:
    ids = [(machine, f"{n:02}") for machine, count in machines.items() for n in range(count)]
    hard = rng.uniform(-0.09, 0.06, len(ids))
    by_label = {
        label: 0.85
        - 0.25 * place / len(labels)
        + hard
        + rng.uniform(-0.03, 0.03, (repeats, len(ids)))
        for place, label in enumerate(labels)
    }
    pairs = _pairs(subset, by_label)
    rows, letters = list(range(len(labels))), {}
    for question in QUESTIONS:
        different = [
            (labels.index(pair.first), labels.index(pair.second))
            for pair in pairs
            if pair.figure == RANKS and getattr(pair, question).corrected < ALPHA
        ]
        letters[question] = significance.letters(len(labels), different)
    found = [
        _row(
            labels[place],
            subset,
            ids,
            by_label[labels[place]],
            {question: letters[question][place] for question in QUESTIONS},
            place,
            rng,
        )
        for place in rows
    ]
    return found, pairs


def _pairs(subset: str, by_label: Mapping[str, Floats]) -> list[Pair]:
    """Every figure has the same differences."""
    both = list(combinations(by_label, 2))
    apart = [by_label[a].mean(axis=0) - by_label[b].mean(axis=0) for a, b in both]
    corrected = significance.holm([_difference(one, 1.0).p for one in apart])
    return [
        Pair(
            subset=subset,
            figure=figure,
            first=a,
            second=b,
            n=len(one),
            difference=float(one.mean()),
            clips=replace(_difference(one, 0.5), corrected=p),
            here=replace(_difference(one, 1.0), corrected=p),
            elsewhere=replace(_difference(one, 1.5), corrected=p),
            flips=significance.flips(by_label[a].mean(axis=1), by_label[b].mean(axis=1)),
        )
        for figure in FIGURES
        for (a, b), one, p in zip(both, apart, corrected, strict=True)
    ]


def _difference(by_id: Floats, wide: float) -> Difference:
    mean, half = float(by_id.mean()), wide * 2 * float(by_id.std(ddof=1)) / len(by_id) ** 0.5
    p = float(stats.ttest_1samp(by_id, 0).pvalue)
    return Difference(mean - half, mean + half, p, p)


def _row(
    label: str,
    subset: str,
    ids: Sequence[tuple[str, str]],
    values: Floats,
    letters: Mapping[str, str],
    place: int,
    rng: np.random.Generator,
) -> Row:
    parts: dict[str, dict[str, Floats]] = {}
    for column, (machine, number) in enumerate(ids):
        parts.setdefault(machine, {})[number] = values[:, column]
    return Row(
        label=label,
        method=label,
        summary=f"What {label} is.",
        subset=subset,
        origin={"kind": "run"},
        repeats=len(values),
        planned=len(values),
        seconds=75.0 * (place + 1),
        **_spreads(np.mean([np.mean(list(of.values()), axis=0) for of in parts.values()], axis=0)),
        machines={machine: _machine(of_machine, rng) for machine, of_machine in parts.items()},
        seeds="counted" if len(values) > 1 else "unknown",
        best=dict.fromkeys(QUESTIONS, 1.0 if place == 0 else 0.0),
        letters=letters,
        places=[place + 1] * len(values),
    )


def _machine(ids: Mapping[str, Floats], rng: np.random.Generator) -> MachineFigures:
    figures = {number: _id(values, rng) for number, values in ids.items()}
    return MachineFigures(**_spreads(np.mean(list(ids.values()), axis=0)), ids=figures)


def _spreads(values: Floats) -> dict[str, Spread]:
    """Every figure of a row or a machine type; only the mean is what ``values`` says."""
    off = {"auc": 0.04, "pauc": -0.04, "mauc": -0.06, "mean_auc_pauc": 0.0, "pooled_auc": 0.01}
    return {
        figure: spread(values + by, of_types=figure in {"mauc", "pooled_auc"})
        for figure, by in off.items()
    }


def spread(values: Floats, *, of_types: bool = False) -> Spread:
    mean = float(values.mean())
    sd = float(values.std(ddof=1)) if len(values) > 1 else None
    here, elsewhere = Interval(mean - 0.03, mean + 0.02), Interval(mean - 0.07, mean + 0.06)
    clips = Interval(mean - 0.02, mean + 0.01)
    return Spread(mean, sd, values.tolist(), here, None if of_types else elsewhere, clips)


def _id(values: Floats, rng: np.random.Generator) -> IdFigures:
    power = 1 / float(values.mean()) - 1
    scores = Histogram(-1.5, 4.25, *rng.integers(0, 20, (2, BINS)).tolist())
    return IdFigures(
        auc=spread(values + 0.04),
        pauc=spread(values - 0.04),
        mean_auc_pauc=spread(values),
        normal=sum(scores.normal),
        anomalous=sum(scores.anomalous),
        roc=[round(rate**power, 4) for rate in FALSE_RATES],
        scores=scores,
    )
