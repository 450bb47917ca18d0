"""Experiment in, cells out: what there is to run, and the key that each result is found by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from asdbench.config.ensembles import Ensemble
from asdbench.config.experiment import Resolved
from asdbench.config.plugins import Plugin
from asdbench.config.selection import Choice, ChosenRow
from asdbench.data.clips import Clip, Clips
from asdbench.data.recording import tested_machines
from asdbench.results.records import Cell, PlannedRow


@dataclass(frozen=True)
class Plan:
    """All rows of a run, the plugins behind them, and the plugins that turned out to be broken."""

    recipe: Resolved
    rows: tuple[PlannedRow, ...]
    plugins: Mapping[str, Plugin]
    broken: tuple[str, ...]
    ensembles: Mapping[str, Ensemble] = field(default_factory=dict)

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Every cell once, the first repeat of every row before the second of any.

        In a repeat, fits of all clips come before those of one machine type, which are shorter: at
        the end of a run, the last cell has others beside it for most of its time.
        """
        found: dict[str, Cell] = {}
        for repeat in range(self.recipe.repeats):
            of_rows = [cell for row in self.rows for cell in row.cells[repeat]]
            for cell in sorted(of_rows, key=lambda cell: cell.machine is not None):
                found.setdefault(cell.key, cell)
        return tuple(found.values())

    @property
    def labels(self) -> dict[str, str]:
        """The label of each cell's row, by the cell's name; the first, if several rows share it."""
        found: dict[str, str] = {}
        for row in self.rows:
            for cell in (cell for cells in row.cells for cell in cells):
                found.setdefault(cell.name, row.label)
        return found


@dataclass(frozen=True)
class Ground:
    """Clips that cells are run on: a fingerprint of all of them, and of each machine type's."""

    recipe: Resolved
    everything: str
    by_machine: Mapping[str, str]

    @classmethod
    def of(cls, recipe: Resolved, clips: Clips) -> Ground:
        """Raises ``ValueError`` without test clips, or where a type has none to train on."""
        return cls._on(recipe, clips, tested_machines(clips))

    @classmethod
    def to_train(cls, recipe: Resolved, clips: Clips) -> Ground:
        """Without test clips, for detectors. Raises ``ValueError`` without training clips."""
        train = sorted({clip.machine for clip in clips if clip.split == "train"})
        if not train:
            raise ValueError("the dataset has no training clips; add a train folder")
        return cls._on(recipe, clips, train)

    @classmethod
    def unheard(cls, recipe: Resolved, clips: Iterable[Clip]) -> Ground:
        """As ``of``, for clips that aren't decoded: cells can be counted, and not be found."""
        return cls(recipe, "", dict.fromkeys(tested_machines(clips), ""))

    @classmethod
    def _on(cls, recipe: Resolved, clips: Clips, machines: Sequence[str]) -> Ground:
        by_machine = {machine: clips.where(machine=machine).fingerprint for machine in machines}
        return cls(recipe, clips.fingerprint, by_machine)

    def cells(self, row: ChosenRow, repeat: int) -> tuple[Cell, ...]:
        """A row's cells of one repeat: one for each fit that its method's scope asks for."""
        parts: dict[str | None, str] = {None: self.everything}
        if row.scope == "machine":
            parts = {machine: found for machine, found in self.by_machine.items()}  # noqa: C416
        return tuple(
            Cell(
                method=row.method,
                fields=row.fields,
                machine=machine,
                clips=fingerprint,
                frontend=self.recipe.frontend,
                numerics=self.recipe.numerics,
                repeat=repeat,
                seed=self.recipe.seed,
            )
            for machine, fingerprint in parts.items()
        )


def plan(recipe: Resolved, choice: Choice, clips: Clips, *, test: bool = True) -> Plan:
    """Every cell of the chosen rows on these clips. Raises as ``Ground.of``.

    Without ``test``, detectors are fitted, and there need be no test clips.
    """
    return plan_on(Ground.of(recipe, clips) if test else Ground.to_train(recipe, clips), choice)


def plan_on(ground: Ground, choice: Choice) -> Plan:
    """Every cell of the chosen rows on this ground."""
    recipe = ground.recipe
    rows = [
        PlannedRow(
            label=row.label,
            method=row.method,
            summary=choice.plugins[row.method].summary,
            sources=choice.plugins[row.method].sources,
            fields=row.fields,
            origin=_origin(recipe, row.label),
            deterministic=row.deterministic,
            remarks=row.remarks,
            cells=tuple(ground.cells(row, repeat) for repeat in range(recipe.repeats)),
        )
        for row in choice.rows
    ]
    return Plan(recipe, tuple(rows), choice.plugins, choice.broken, choice.ensembles)


def _origin(recipe: Resolved, label: str) -> dict[str, Any]:
    tuned = recipe.tuned.get(label)
    return {"kind": "run"} if tuned is None else {"kind": "tuned", **tuned}
