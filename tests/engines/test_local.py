"""Cells in processes of this machine: what happens to a worker's job happens to its cell."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from small_jobs import light, run_odd_cell

from asdbench.config.frontend import Frontend
from asdbench.config.numerics import Numerics
from asdbench.engines import workers
from asdbench.engines.events import Done, Epoch, Failed, Started, Task
from asdbench.engines.local import in_processes
from asdbench.engines.workers import Workers
from asdbench.results.records import Cell


@pytest.fixture
def crew(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workers]:
    monkeypatch.setattr(workers, "Child", light)
    with closing(Workers()) as crew:
        yield crew


def task(folder: Path, repeat: int) -> Task:
    cell = Cell("none", {}, None, "abc", Frontend(), Numerics(device="cpu"), repeat, 0)
    return Task(cell, None, None, None, folder / "new" / cell.name, folder / "stages")


def test_events_are_of_the_cells_they_happen_to(crew: Workers, tmp_path: Path) -> None:
    tasks = [task(tmp_path, repeat) for repeat in range(3)]
    good, bad, dead = (each.cell for each in tasks)
    found = list(in_processes(crew, tasks, run_odd_cell, jobs=1))
    done, failed, died = found[2], found[5], found[8]
    assert isinstance(done, Done)
    assert isinstance(failed, Failed)
    assert isinstance(died, Failed)
    said = ("fit", 1, 0.5, {"loss": 0.5})
    assert found == [
        *(Started(good), Epoch(good, *said), Done(good, done.outcome)),
        *(Started(bad), Epoch(bad, *said), Failed(bad, "KeyError: 'odd'", failed.text)),
        *(Started(dead), Epoch(dead, *said)),
        Failed(dead, "its process ended with exit code 3", "the last words\n"),
    ]
    assert done.outcome.scores == [0.0]
    assert done.outcome.facts["pid"] != os.getpid()
    assert 'raise KeyError("odd")' in failed.text


def test_closing_the_iterator_ends_the_cells(crew: Workers, tmp_path: Path) -> None:
    events = in_processes(crew, [task(tmp_path, 0), task(tmp_path, 0)], run_odd_cell, jobs=1)
    assert isinstance(next(events), Started)
    events.close()
    assert len(list(in_processes(crew, [task(tmp_path, 0)], run_odd_cell, jobs=1))) == 3
