"""What a row took, from what its cells took."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping
from typing import Any

from asdbench.evaluation import Cost

_OfCell = Mapping[str, Any]


def cost_of(complete: Mapping[int, Mapping[str, Mapping[str, Any]]]) -> Cost | None:
    """The cost of a row with these cells' records, by repeat and name; None where one tells none.

    Cells of one machine type add up to a repeat; a network's size is that of the largest.
    """
    repeats = [[cell.get("cost") for cell in cells.values()] for cells in complete.values()]
    known = [[cost for cost in costs if cost] for costs in repeats]
    if not known or any(
        len(found) < len(costs) for found, costs in zip(known, repeats, strict=True)
    ):
        return None
    every = [cost for costs in known for cost in costs]
    return Cost(
        parameters=_largest(cost["parameters"] for cost in every),
        multiply_adds=_largest(cost["multiply_adds"] for cost in every),
        fit_seconds=statistics.fmean(sum(c["fit_seconds"] for c in costs) for costs in known),
        score_ms=statistics.fmean(map(_score_ms, known)),
    )


def _score_ms(costs: Iterable[_OfCell]) -> float:
    found = [(cost["score_seconds"], cost["clips"]) for cost in costs]
    seconds, clips = map(sum, zip(*found, strict=True))
    return 1000.0 * float(seconds) / max(1, int(clips))


def _largest(numbers: Iterable[int | None]) -> int | None:
    return max((number for number in numbers if number), default=None)
