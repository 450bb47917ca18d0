"""Axes are marked at round places, never more often than there is room."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from asdbench.site.axes import dates, shares


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.52, 0.88, [0.5, 0.6, 0.7, 0.8, 0.9]),
        (0.0, 1.0, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (0.5, 0.5, [0.5, 0.502]),
    ],
)
def test_shares(low: float, high: float, ticks: list[float]) -> None:
    assert shares(low, high) == (ticks[0], ticks[-1], pytest.approx(ticks))


@pytest.mark.parametrize(
    ("first", "last", "most", "texts"),
    [
        ("2026-03-01T10:00", "2026-03-01T20:30", 6, ["10:00", "2026-03-01, 20:30"]),
        ("2026-03-01T10:00", "2026-03-04T20:00", 6, ["2026-03-02", "03-03", "03-04"]),
        ("2026-01-30", "2026-03-30", 5, ["2026-01-30", "02-13", "02-27", "03-13", "03-27"]),
        ("2025-03-10", "2026-04-20", 5, ["Apr 2025", "Jul", "Oct", "2026", "Apr"]),
        ("2025-03-10", "2026-04-20", 3, ["Jul 2025", "2026"]),
        ("2020-07-01", "2026-07-01", 4, ["2022", "2024", "2026"]),
    ],
)
def test_dates(first: str, last: str, most: int, texts: list[str]) -> None:
    found = dates(at(first), at(last), most)
    assert [text for _, text in found] == texts
    assert all(at(first) <= date <= at(last) for date, _ in found)


def test_there_is_always_room() -> None:
    for days in range(0, 9000, 37):
        assert len(dates(at("2020-02-29"), at("2020-02-29") + timedelta(days=days), 4)) <= 4
