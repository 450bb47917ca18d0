"""From score files and tags to results by kind of clip."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from folders import DEV, Folder

from asdbench.results.build import made_from
from asdbench.results.store import TAGS


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Two rows on an ID of four normal clips and four anomalies; the folder names them 10 to 13."""
    made = Folder(tmp_path / "out")
    for label, anomalous in (("good", [9, 9, 9, 1.5]), ("bad", [0.5, 0.5, 9, 9])):
        made.row(label, [[label]])
        made.cell(label, {("fan", "00", DEV): ([0, 1, 2, 3], anomalous, [7.0])})
    return made


def keep(folder: Folder, **tags: dict[str, str]) -> None:
    clips = {clip.removeprefix("c"): found for clip, found in tags.items()}
    (folder.path / TAGS).write_text(json.dumps({DEV: {"fan": {"00": clips}}}))


def test_results_by_kind_need_tags(folder: Folder) -> None:
    assert list(folder.board.slices) == []
    keep(folder, c10={"fault": "leak"}, c11={"fault": "leak"}, c0={"room": "a"}, c0x={"fault": "x"})
    [found] = folder.board.slices
    assert (found.subset, found.tag, found.value) == (DEV, "fault", "leak")
    assert (found.normal, found.anomalous) == (4, 2)
    assert {label: one.mean for label, one in found.rows.items()} == {"good": 1.0, "bad": 0.25}
    assert list(found.rows) == [row.label for row in folder.board.rows]


def test_rows_are_compared_clip_by_clip_without_tags(folder: Folder) -> None:
    [found] = folder.board.agreements
    assert [found.first, found.second] == [row.label for row in folder.board.rows]
    assert vars(found.found_by) == {"both": 1, "first": 2, "second": 1, "neither": 0}


def test_other_tags_make_another_board(folder: Folder) -> None:
    before = made_from(folder.store)
    keep(folder, c10={"fault": "leak"})
    assert made_from(folder.store) != before


def test_a_tag_of_many_values_is_noted(folder: Folder) -> None:
    many: dict[str, Any] = {f"c{place}": {"speed": str(place)} for place in range(31)}
    keep(folder, **many)
    assert list(folder.board.slices) == []
    assert folder.board.notes == [
        "development: the tag speed has more than 30 values, so nothing is shown by it"
    ]
