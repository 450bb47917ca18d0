"""What cells took before says what others may take."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from folders import OUTCOME, SCORES, cell

from asdbench.config.frontend import Frontend
from asdbench.execution.before import Before
from asdbench.results.records import Cell
from asdbench.results.store import Store

SECOND = replace(cell(), frontend=Frontend(clip_seconds=1.0))


def keep(store: Store, one: Cell, seconds: float, clips: int) -> None:
    store.keep(one, SCORES, replace(OUTCOME, seconds=seconds, cost={"clips": clips}))


def test_cells_of_the_folder_itself_come_first(tmp_path: Path) -> None:
    store = Store(tmp_path / "o")
    assert Before(store).took([SECOND], 10) is None
    for repeat, seconds in enumerate((1.0, 50.0, 3.0)):
        keep(store, replace(SECOND, repeat=repeat), seconds, clips=10)
    took = Before(store).took([SECOND], 10)
    assert took is not None
    assert (took.seconds, took.here) == (3.0, True)
    folder = store.cell_folder(SECOND.name)
    assert took.bytes == sum(path.stat().st_size for path in folder.iterdir())


def test_cells_of_a_folder_beside_it_count_by_how_much_sound_there_is(tmp_path: Path) -> None:
    beside = Store(tmp_path / "beside")
    (beside.folder / "rows").mkdir(parents=True)
    keep(beside, SECOND, 4.0, clips=10)
    before = Before(Store(tmp_path / "o"))
    took = before.took([SECOND], 20)
    assert took is not None
    assert (took.seconds, took.here) == (8.0, False)
    longer = replace(SECOND, frontend=Frontend(clip_seconds=3.0))
    assert before.took([longer], 10).seconds == pytest.approx(12.0)  # type: ignore[union-attr]
    assert before.took([SECOND], 1000) is None  # too far apart
    assert before.took([replace(SECOND, fields={"k": 2})], 10) is None
