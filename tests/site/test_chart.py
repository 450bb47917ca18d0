"""Where things go in a chart of a history."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from asdbench.site.boards import boards
from asdbench.site.chart import LABEL, apart, chart
from asdbench.site.clip_sets import clip_sets
from asdbench.site.collected import collected
from asdbench.site.history import History, history
from asdbench.site.shown import Section


@pytest.fixture(scope="module")
def drawn(field: list[Path]) -> History:
    [of] = clip_sets(collected(field).rows)
    return history("auc", "here", Section(of, boards(of)).lines)


@pytest.mark.parametrize("width", [358, 1100])
def test_everything_is_inside_and_later_and_higher_are_right_and_above(
    drawn: History, width: int
) -> None:
    names = [(one.label, one.label) for one in drawn.series]
    made = chart(drawn, names, width, 100)
    assert made is not None
    dots = [dot for trace in made.traces for dot in trace.dots]
    for dot in dots:
        assert 0 < dot.x <= made.right == width - 100
        assert dot.low is not None
        assert dot.high is not None
        assert 0 < dot.high <= dot.y <= dot.low <= made.bottom < made.height
    for a in dots:
        for b in dots:
            assert (a.x < b.x) == (a.point.date < b.point.date)
            assert (a.y > b.y) == (a.point.value < b.point.value)
    assert len(re.findall("V", made.best)) == len(drawn.best) - 1
    assert made.best.endswith(f"H{made.right:.1f}")
    heights = sorted(trace.name_y for trace in made.traces)
    assert all(b - a >= LABEL - 1e-9 for a, b in pairwise(heights))


def test_there_is_none_of_nothing() -> None:
    assert chart(History("auc", {}, [], []), [], 500, 100) is None


def test_labels_stand_apart_and_in_order() -> None:
    assert apart([50, 52, 10], 15, 0, 100) == [50, 65, 10]
    assert apart([98, 99], 15, 0, 100) == [85, 100]
