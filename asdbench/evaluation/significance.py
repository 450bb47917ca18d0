"""Which rows differ: pure functions of arrays.

Shapes: R repeats, I machine IDs, B resamples, M rows (methods).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from asdbench.config.imports import imported
from asdbench.evaluation.metrics import Floats


def best(means: Floats) -> Floats:
    """How often each row has the highest mean, (M,), given (M, B); equal ones share a resample."""
    top = means == means.max(axis=0)
    shares: Floats = (top / top.sum(axis=0)).mean(axis=1)
    return shares


@dataclass(frozen=True)
class Paired:
    """Two rows compared over n machine IDs: mean difference, effect size and p of a Wilcoxon test.

    ``effect`` is the matched-pairs rank-biserial correlation, 1 where the first is better on every
    ID and -1 where the second is.
    """

    n: int
    difference: float
    effect: float
    p: float


def paired(first: ArrayLike, second: ArrayLike) -> Paired:
    """Wilcoxon's signed-rank test of two rows' figures, (I,) each, of the same machine IDs.

    Two-sided; IDs with no difference are left out; exact where there are few IDs.
    """
    stats = imported("scipy.stats")
    # What is equal on paper may differ in the last bit.
    difference = np.round(np.asarray(first, np.float64) - np.asarray(second, np.float64), 12)
    nonzero = difference[difference != 0]
    if not len(nonzero):
        return Paired(len(difference), 0.0, 0.0, 1.0)
    ranks = stats.rankdata(abs(nonzero))
    effect = float((ranks * np.sign(nonzero)).sum() / ranks.sum())
    p = float(stats.wilcoxon(nonzero).pvalue)
    return Paired(len(difference), float(difference.mean()), effect, p)


def holm(p: Sequence[float]) -> list[float]:
    """P values corrected for how many there are (Holm, 1979)."""
    corrected = [0.0] * len(p)
    largest = 0.0
    for place, index in enumerate(np.argsort(p, kind="stable")):
        largest = max(largest, min(1.0, (len(p) - place) * p[index]))
        corrected[index] = largest
    return corrected


def letters(rows: int, different: Sequence[tuple[int, int]]) -> list[str]:
    """A string a row: two rows share a letter unless they are among the ``different`` pairs.

    Insert and absorb, after Piepho, "An algorithm for a letter-based representation of
    all-pairwise comparisons", 2004. Letters go down the rows.
    """
    groups = [frozenset(range(rows))]
    for pair in different:
        split = [group - {one} if set(pair) <= group else group for group in groups for one in pair]
        groups = [g for g in set(split) if not any(g < other for other in split)]
    groups.sort(key=sorted)
    return [
        "".join(_letter(place) for place, group in enumerate(groups) if row in group)
        for row in range(rows)
    ]


def flips(first: ArrayLike, second: ArrayLike) -> float | None:
    """How often two repeats put two rows in different orders, given (R,) each; None for one repeat.

    The share of all pairs of repeats; a tie in one of them counts half.
    """
    order = np.sign(np.asarray(first, np.float64) - np.asarray(second, np.float64))
    pairs = [abs(a - b) / 2 for a, b in combinations(order.tolist(), 2)]
    return sum(pairs) / len(pairs) if pairs else None


def _letter(place: int) -> str:
    return chr(ord("a") + place) if place < 26 else f"({place})"
