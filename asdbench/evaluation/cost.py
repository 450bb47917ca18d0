"""What a row takes, beside what it gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Cost:
    """What a row took on the machine at hand.

    Attributes:
        parameters: Numbers in the networks of one fit; None where there are none.
        multiply_adds: Of its networks' convolutions and matrix products, to score one clip; None
            where there are none.
        fit_seconds: Training of a repeat, mean over repeats; a stage that another row had trained
            counts in full.
        score_ms: Milliseconds to score a test clip, log-mel included where it wasn't kept; mean
            over repeats.
    """

    parameters: int | None
    multiply_adds: int | None
    fit_seconds: float
    score_ms: float


def frontier(points: Sequence[tuple[float, float]]) -> list[bool]:
    """Which of these (cost, figure) no other beats: one that costs no more and gives more.

    Of equal figures, the cheapest are on it; equal points are on it together.
    """
    return [
        not any((c <= cost and f > figure) or (c < cost and f == figure) for c, f in points)
        for cost, figure in points
    ]
