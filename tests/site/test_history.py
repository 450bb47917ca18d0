"""The history of a figure: by entrant, by date, and the best so far."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from asdbench.site.boards import boards
from asdbench.site.clip_sets import clip_sets
from asdbench.site.collected import collected
from asdbench.site.history import history
from asdbench.site.shown import Section


@pytest.fixture(scope="module")
def section(field: list[Path]) -> Section:
    [of] = clip_sets(collected(field).rows)
    return Section(of, boards(of))


def test_the_best_so_far_only_rises(section: Section) -> None:
    found = history("auc", "here", section.lines)
    points = sorted((p for ps in found.series.values() for p in ps), key=lambda p: p.date)
    assert len(points) == 5
    best = 0.0
    for point in points:
        assert (point in found.best) == (point.value > best)
        best = max(best, point.value)
    assert [p.date for p in found.best] == sorted(p.date for p in found.best)
    assert all(p.interval == p.line.row.auc.here for p in points)


def test_versions_of_one_follow_each_other_and_others_have_lines_of_their_own(
    section: Section,
) -> None:
    found = history("auc", "here", section.lines)
    told = {one: [p.line.version.number for p in points] for one, points in found.series.items()}
    assert sorted(told.values()) == [[1], [1], [1], [1, 2]]


def test_what_has_no_date_is_named_and_what_lacks_the_figure_is_left_out(section: Section) -> None:
    first, *others = section.lines
    row = replace(first.submitted, date=None)
    undated = replace(first, version=replace(first.version, submitted=row))
    found = history("auc", "here", [undated, *others])
    assert found.undated == [undated]
    assert history("official", "here", section.lines).series == {}
