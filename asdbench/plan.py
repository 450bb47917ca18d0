"""Experiment in, cells out: what there is to run, and the key that each result is found by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from asdbench.choice import Choice, ChosenRow
from asdbench.clips import Clips
from asdbench.config import key
from asdbench.experiment import Experiment
from asdbench.frontend import Frontend
from asdbench.numerics import Numerics
from asdbench.plugins import Plugin

SCHEMA = 1  # raise it when the meaning of a cell's results changes: no old result is then reused


@dataclass(frozen=True)
class Cell:
    """One method, on one part of one dataset, with one seed: the unit of work and of reuse.

    ``machine`` is the machine type of a method of scope "machine", else None. ``clips`` is the
    fingerprint of the clips it sees; ``fields`` holds every field of the method.
    """

    method: str
    fields: Mapping[str, Any]
    machine: str | None
    clips: str
    frontend: Frontend
    numerics: Numerics
    repeat: int
    seed: int

    @cached_property
    def key(self) -> str:
        """A hash of everything above, and of nothing else."""
        return key({"schema": SCHEMA, **asdict(self)})

    @property
    def name(self) -> str:
        """The name of the cell's folder."""
        return f"{self.method}-{self.machine or 'all'}-r{self.repeat}-{self.key}"


@dataclass(frozen=True)
class PlannedRow:
    """A line of the leaderboard to be: its label, its method, and its cells by repeat.

    ``origin`` says where its fields come from: ``{"kind": "run"}``, or "tuned", and how.
    """

    label: str
    method: str
    summary: str
    fields: Mapping[str, Any]
    origin: Mapping[str, Any]
    cells: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Plan:
    """All rows of a run, the plugins behind them, and the plugins that turned out to be broken."""

    experiment: str
    recipe: Experiment
    rows: tuple[PlannedRow, ...]
    plugins: Mapping[str, Plugin]
    broken: tuple[str, ...]

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Every cell once, the first repeat of every row before the second of any."""
        found: dict[str, Cell] = {}
        for repeat in range(self.recipe.repeats):
            for row in self.rows:
                found.update((cell.key, cell) for cell in row.cells[repeat])
        return tuple(found.values())


def plan(name: str, experiment: Experiment, choice: Choice, clips: Clips) -> Plan:
    """Every cell of the chosen rows on these clips.

    Raises ``ValueError`` where there are no test clips, or a machine type has none to train on.
    """
    _check_clips(clips)
    machines = sorted({clip.machine for clip in clips if clip.split == "test"})
    fingerprints: dict[str | None, str] = {None: clips.fingerprint}
    for machine in machines:
        fingerprints[machine] = clips.where(machine=machine).fingerprint

    def cells(row: ChosenRow, repeat: int) -> tuple[Cell, ...]:
        return tuple(
            Cell(
                method=row.method,
                fields=row.fields,
                machine=machine,
                clips=fingerprints[machine],
                frontend=experiment.frontend,
                numerics=experiment.numerics,
                repeat=repeat,
                seed=experiment.seed,
            )
            for machine in (machines if row.scope == "machine" else [None])
        )

    rows = [
        PlannedRow(
            label=row.label,
            method=row.method,
            summary=choice.plugins[row.method].summary,
            fields=row.fields,
            origin=_origin(experiment, row.label),
            cells=tuple(cells(row, repeat) for repeat in range(experiment.repeats)),
        )
        for row in choice.rows
    ]
    return Plan(name, experiment, tuple(rows), choice.plugins, choice.broken)


def _origin(experiment: Experiment, label: str) -> dict[str, Any]:
    tuned = experiment.tuned.get(label)
    return {"kind": "run"} if tuned is None else {"kind": "tuned", **tuned}


def _check_clips(clips: Clips) -> None:
    train = {clip.machine for clip in clips if clip.split == "train"}
    test = {clip.machine for clip in clips if clip.split == "test"}
    if not test:
        raise ValueError("the dataset has no test clips; add a test folder to a machine type")
    if test - train:
        names = ", ".join(sorted(test - train))
        raise ValueError(
            f"no training clips for {names}; add them, or leave the type out with "
            "dataset.machines in an experiment file"
        )
