"""The shape of an output folder's files: what asdbench writes passes, other things are named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from asdbench.submission.guard import RefusedError
from asdbench.submission.shape import MOMENT, CellFile, Marks, RowFile, TagsFile, shaped


def test_what_asdbench_writes_passes(field: list[Path]) -> None:
    for folder in field:
        for pattern, shape in (
            ("rows/*.json", RowFile),
            ("cells/*/cell.json", CellFile),
            ("test-sets.json", Marks),
            ("tags.json", TagsFile),
        ):
            for path in folder.glob(pattern):
                shaped(json.loads(path.read_text()), shape, path.name)


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (["label"], 3, "label"),
        (["label"], "", "label"),
        (["label"], "x" * 101, "label"),
        (["summary"], {"a": 1}, "summary"),
        (["repeats"], [], "repeats"),
        (["repeats"], [[]], "repeats.0"),
        (["recipe", "train"], {"development": {"clips": "many", "ids": 1}}, "recipe.train"),
        (["remarks"], ["fine", 4], "remarks.1"),
        (["deterministic"], "yes", "deterministic"),
    ],
)
def test_a_row_of_another_shape_is_refused(
    field: list[Path], place: list[str], value: Any, said: str
) -> None:
    record = json.loads((field[0] / "rows" / "knn.json").read_text())
    at = record
    for name in place[:-1]:
        at = at[name]
    at[place[-1]] = value
    with pytest.raises(RefusedError, match=rf"knn\.json: {said}"):
        shaped(record, RowFile, "knn.json")


@pytest.mark.parametrize(
    "cell",
    [
        {"seconds": -1, "facts": {}},
        {"seconds": 1, "facts": {"versions": ["1"]}},
        {"seconds": 1, "facts": {}, "cost": {"fit_seconds": 1}},
        {"seconds": "1", "facts": {}},
        {"facts": {}},
    ],
)
def test_a_cell_of_another_shape_is_refused(cell: dict[str, Any]) -> None:
    with pytest.raises(RefusedError, match=r"cell\.json"):
        shaped(cell, CellFile, "cell.json")


def test_moments() -> None:
    assert MOMENT.fullmatch("2026-03-01T10:20:30Z")
    for text in ("2026-13-01T10:20:30Z", "2026-03-01", "2026-03-01T10:20:30+01:00", "soon"):
        assert not MOMENT.fullmatch(text)
