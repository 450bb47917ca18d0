"""The chart of a figure's history as numbers: where each point, tick and label goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from asdbench.site.axes import Tick, dates, shares
from asdbench.site.history import History, Point

LABEL, LEFT, TOP, BOTTOM = 15, 44, 12, 30  # a label's height, and margins; CSS pixels
_ALONE = timedelta(days=1)  # around a single date


@dataclass(frozen=True)
class Dot:
    """A version: its place, the ends of its interval, and whether it is the newest."""

    point: Point
    x: float
    y: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Trace:
    """An entrant: its place among the others, its versions, and where its name stands."""

    ink: int
    name: str
    slug: str
    dots: Sequence[Dot]
    name_y: float

    @property
    def path(self) -> str:
        return "L".join(f"{dot.x:.1f},{dot.y:.1f}" for dot in self.dots)


@dataclass(frozen=True)
class Chart:
    """A drawing of so many CSS pixels; ``best`` is the path of the best so far."""

    width: int
    height: int
    right: float
    bottom: float
    xs: Sequence[Tick]
    ys: Sequence[Tick]
    traces: Sequence[Trace]
    best: str


def chart(of: History, names: Sequence[tuple[str, str]], width: int, margin: int) -> Chart | None:
    """The chart, with ``margin`` for names; ``names`` has each series' name and page.

    None where nothing has a date.
    """
    if not of.series:
        return None
    bottom = max(220, LABEL * len(of.series) + TOP)
    right = width - margin
    every = [point for points in of.series.values() for point in points]
    values = [point.value for point in every]
    ends = [end for p in every if p.interval for end in (p.interval.low, p.interval.high)]
    first, last = min(p.date for p in every), max(p.date for p in every)
    if first == last:
        first, last = first - _ALONE, last + _ALONE
    low, high, ys = shares(min(values + ends), max(values + ends))

    def x(date: datetime) -> float:
        return LEFT + 8 + (date - first) / (last - first) * (right - LEFT - 16)

    def y(share: float) -> float:
        return bottom - (share - low) / (high - low) * (bottom - TOP)

    dots = [[_dot(p, x(p.date), y) for p in points] for points in of.series.values()]
    heights = apart([of_one[-1].y for of_one in dots], LABEL, TOP, bottom)
    ticks = dates(first, last, int((right - LEFT) / 80))
    return Chart(
        width=width,
        height=int(bottom + BOTTOM),
        right=right,
        bottom=bottom,
        xs=[Tick(x(date), text) for date, text in ticks],
        ys=[Tick(y(share), f"{100 * share:.4g}") for share in ys],
        traces=[
            Trace(ink, name, slug, of_one, name_y)
            for ink, ((name, slug), of_one, name_y) in enumerate(
                zip(names, dots, heights, strict=True)
            )
        ],
        best=_steps([(x(p.date), y(p.value)) for p in of.best], right),
    )


def _dot(point: Point, x: float, y: Callable[[float], float]) -> Dot:
    ends = point.interval
    low, high = (y(ends.low), y(ends.high)) if ends else (None, None)
    return Dot(point, x, y(point.value), low, high)


def _steps(points: Sequence[tuple[float, float]], right: float) -> str:
    """A staircase through the points, to the right edge."""
    (x, y), *others = points
    return f"M{x:.1f},{y:.1f}" + "".join(f"H{a:.1f}V{b:.1f}" for a, b in others) + f"H{right:.1f}"


def apart(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Heights of labels near where they are wanted, none nearer to another than ``gap``."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    placed = list(wanted)
    lowest = low
    for i in order:
        placed[i] = max(placed[i], lowest)
        lowest = placed[i] + gap
    highest = high
    for i in reversed(order):
        placed[i] = min(placed[i], highest)
        highest = placed[i] - gap
    return placed
