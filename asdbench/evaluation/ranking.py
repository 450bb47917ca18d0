"""The entries of a subset ranked, and every pair of them compared."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from itertools import combinations

import numpy as np

from asdbench.evaluation import significance
from asdbench.evaluation.aggregate import row_of
from asdbench.evaluation.figures import ALPHA, Pair, Row
from asdbench.evaluation.measure import Entry, Measured, means, measured
from asdbench.evaluation.metrics import Floats


def compared(subset: str, entries: Sequence[Entry]) -> tuple[list[Row], list[Pair]]:
    """The rows of a subset, best first, and every pair of them, the better first."""
    ranked = sorted(
        measured(subset, entries),
        key=lambda one: (-statistics.fmean(one.by_repeat.values()), one.entry.record["label"]),
    )
    shares = significance.best(np.array([means(one.mean, new_ids=True) for one in ranked]))
    indices = list(combinations(range(len(ranked)), 2))
    pairs = _pairs(subset, [(ranked[i], ranked[j]) for i, j in indices])
    different = [both for both, pair in zip(indices, pairs, strict=True) if pair.corrected < ALPHA]
    rows = [
        row_of(subset, one, best=float(best), letters=letters, places=places)
        for one, best, letters, places in zip(
            ranked,
            shares,
            significance.letters(len(ranked), different),
            _places(ranked),
            strict=True,
        )
    ]
    return rows, pairs


def _pairs(subset: str, both: Sequence[tuple[Measured, Measured]]) -> list[Pair]:
    """Means over repeats, compared over machine IDs."""
    tests = []
    for first, second in both:
        shared = [of_id for of_id in first.entry.ids if of_id in second.entry.ids]
        by_id = [
            one.mean.by_id[[list(one.entry.ids).index(of_id) for of_id in shared]]
            for one in (first, second)
        ]
        tests.append(significance.paired(*by_id))
    corrected = significance.holm([test.p for test in tests])
    return [
        Pair(
            subset=subset,
            first=first.entry.record["label"],
            second=second.entry.record["label"],
            n=test.n,
            difference=test.difference,
            effect=test.effect,
            p=test.p,
            corrected=p,
            flips=significance.flips(*_in_shared_repeats([first, second])),
        )
        for (first, second), test, p in zip(both, tests, corrected, strict=True)
    ]


def _in_shared_repeats(rows: Sequence[Measured]) -> Floats:
    """What rows are ranked by in the repeats that all of them have, (M, R)."""
    shared = sorted(set.intersection(*(set(one.by_repeat) for one in rows)))
    return np.array([[one.by_repeat[number] for number in shared] for one in rows])


def _places(rows: Sequence[Measured]) -> list[list[int]]:
    """Each row's place in each repeat that all rows have; equal figures share a place."""
    figures = _in_shared_repeats(rows)
    places = 1 + (figures[None, :, :] > figures[:, None, :]).sum(axis=1)
    found: list[list[int]] = places.tolist()
    return found
