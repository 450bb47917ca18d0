"""What happens to cells, and tasks: they travel between processes and machines."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from asdbench import Clips
from asdbench.config import plugins
from asdbench.config.frontend import Frontend
from asdbench.config.numerics import Numerics
from asdbench.engines.events import CellEvent, Done, Epoch, Failed, Lost, Started, Task
from asdbench.results.records import Cell, Outcome

CELL = Cell("knn", {"k": 1}, "fan", "abc", Frontend(), Numerics(device="cpu"), 0, 0)


@pytest.mark.parametrize(
    "event",
    [
        Started(CELL),
        Epoch(CELL, "train", 3, 0.5, {"loss": 0.25}),
        Done(CELL, Outcome([0.1], [{"stage": "train", "epoch": 1}], b"w", 1.5, {"gpu": None})),
        Failed(CELL, "KeyError: 'odd'", "Traceback"),
        Lost(CELL, "its node is gone"),
    ],
    ids=lambda event: type(event).__name__,
)
def test_an_event_arrives_as_it_was_sent(event: CellEvent) -> None:
    assert pickle.loads(pickle.dumps(event)) == event


def test_a_task_takes_its_clips_along_without_their_sound(
    small_clips: Clips, tmp_path: Path
) -> None:
    blind = small_clips.blind()
    blind.waves()  # the bank is open, and its sound is in memory
    plugin = plugins.find(plugins.METHODS, "knn")
    task = Task(CELL, plugin, blind, blind, tmp_path / "scratch", tmp_path / "stages")
    sent = pickle.dumps(task)
    assert len(sent) < 0.1 * blind.waves().nbytes
    arrived = pickle.loads(sent)
    assert arrived.cell == CELL
    assert arrived.plugin == plugin
    assert arrived.gpu_share == 1
    assert arrived.train.waves().equal(blind.waves())
    assert arrived.train.fingerprint == blind.fingerprint
