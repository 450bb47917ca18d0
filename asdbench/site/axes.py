"""Where the axes of a history are marked: round shares, and beginnings of days, months or years."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_STEPS_IN_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120)
_STEPS_IN_DAYS = (1, 2, 7, 14)
_FEW_MONTHS = timedelta(days=75)
_LEAST = 0.01  # of an axis of shares


class Tick(NamedTuple):
    """Where an axis is marked, and how."""

    at: float
    text: str


def shares(low: float, high: float, most: int = 6) -> tuple[float, float, list[float]]:
    """The ends of an axis that goes over these shares of 1, and its ticks, at most so many."""
    rough = max(high - low, _LEAST) / (most - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    last = max(last, first + 1)
    ticks = [round(step * number, 9) for number in range(first, last + 1)]
    return ticks[0], ticks[-1], ticks


def dates(first: datetime, last: datetime, most: int) -> list[tuple[datetime, str]]:
    """Ticks of an axis from one moment to another, at most so many; the year where it is new."""
    if last - first < _FEW_MONTHS:
        steps = (list(_days(first, last, step)) for step in _STEPS_IN_DAYS)
        found = next((days for days in steps if len(days) <= most), [])
        if not found:  # all on one day
            return [(first, f"{first:%H:%M}"), (last, f"{last:%Y-%m-%d, %H:%M}")]
        return [
            (day, f"{day:%Y-%m-%d}" if i == 0 else f"{day:%m-%d}") for i, day in enumerate(found)
        ]
    every = (list(_months(first, last, step)) for step in _STEPS_IN_MONTHS)
    months = next((months for months in every if len(months) <= most), [])
    return [(month, _named(month, new=i == 0)) for i, month in enumerate(months)]


def _named(month: datetime, *, new: bool) -> str:
    if month.month == 1:
        return str(month.year)
    return _MONTHS[month.month - 1] + (f" {month.year}" if new else "")


def _days(first: datetime, last: datetime, step: int) -> Iterator[datetime]:
    day = first.replace(hour=0, minute=0, second=0)
    while day <= last:
        if day >= first:
            yield day
            day += timedelta(days=step)
        else:
            day += timedelta(days=1)


def _months(first: datetime, last: datetime, step: int) -> Iterator[datetime]:
    begin = first.replace(month=1, day=1, hour=0, minute=0, second=0)
    number = 0
    while True:
        month = begin.replace(year=begin.year + number // 12, month=1 + number % 12)
        if month > last:
            return
        if month >= first and ((month.year * 12 + month.month - 1) % step == 0):
            yield month
        number += 1
