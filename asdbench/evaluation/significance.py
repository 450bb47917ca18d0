"""From p values to letters: pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike


def holm(p: Sequence[float]) -> list[float]:
    """P values corrected for how many there are.

    Holm, "A simple sequentially rejective multiple test procedure", 1979: however the tests depend
    on each other, which those of pairs with a row in common do.
    """
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
