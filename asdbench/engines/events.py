"""What happens to cells, and what a worker is given to run one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asdbench.results.records import Cell, Outcome


@dataclass(frozen=True)
class Started:
    """A cell began."""

    cell: Cell


@dataclass(frozen=True)
class Epoch:
    """A cell finished an epoch; ``done`` is the share of its fit that is behind.

    ``of`` is how many epochs the stage has, where that is told.
    """

    cell: Cell
    stage: str
    epoch: int
    done: float
    figures: Mapping[str, float]
    of: int | None = None


@dataclass(frozen=True)
class Done:
    """A cell has its scores."""

    cell: Cell
    outcome: Outcome


@dataclass(frozen=True)
class Failed:
    """A cell raised or died; ``reason`` is one line, ``text`` all that is known."""

    cell: Cell
    reason: str
    text: str


@dataclass(frozen=True)
class Lost:
    """The machine that a cell ran on is gone, or the worker there; it will start again."""

    cell: Cell
    reason: str


CellEvent = Started | Epoch | Done | Failed | Lost
Emit = Callable[[str, int, float, Mapping[str, float], int | None], None]


@dataclass(frozen=True)
class Task:
    """A cell and all that a worker needs to run it; it is pickled, so it holds no open files.

    ``source`` is the hash of its method's code, where the worker can't see all of that any more.
    """

    cell: Cell
    plugin: Any
    train: Any
    test: Any
    scratch: Path
    stages: Path
    gpu_share: float = 1.0  # of a GPU's memory, if it computes on one
    supplemental: Any = None
    source: str = ""


CellWork = Callable[[Task, Emit], Outcome]
