"""How a figure has gone up: every version of every entrant by date, and the best so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from asdbench.evaluation import Interval, figure_of
from asdbench.site.collected import Entrant
from asdbench.site.shown import Placed


@dataclass(frozen=True)
class Point:
    """A version's figure, with its 95 % interval; ``newest`` of its entrant or not."""

    line: Placed
    date: datetime
    value: float
    interval: Interval | None


@dataclass(frozen=True)
class History:
    """A figure over time: points by entrant, and how the best one so far has risen.

    ``best`` has the points that were above all before them. ``undated`` are versions that no one
    knows the date of.
    """

    figure: str
    series: dict[Entrant, list[Point]]
    best: Sequence[Point]
    undated: Sequence[Placed]


def history(figure: str, question: str, lines: Sequence[Placed]) -> History:
    """The history of a figure in these lines of a test set, best entrant first as they come."""
    series: dict[Entrant, list[Point]] = {}
    undated = []
    for line in lines:
        spread = figure_of(line.row, figure)
        if spread is None:
            continue
        if line.date is None:
            undated.append(line)
            continue
        date = datetime.strptime(line.date, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        point = Point(line, date, spread.mean, getattr(spread, question))
        series.setdefault(line.version.entrant, []).append(point)
    for points in series.values():
        points.sort(key=lambda point: (point.date, point.line.version.number))
    best: list[Point] = []
    for point in sorted(
        (p for ps in series.values() for p in ps), key=lambda p: (p.date, -p.value)
    ):
        if not best or point.value > best[-1].value:
            best.append(point)
    return History(figure, series, best, undated)
