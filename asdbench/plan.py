"""Experiment in, cells out: what there is to run, and the key that each result is found by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from asdbench import plugins
from asdbench.clips import Clips
from asdbench.config import build, key, merge, plain
from asdbench.experiment import Experiment
from asdbench.frontend import Frontend
from asdbench.numerics import Numerics
from asdbench.plugins import METHODS, BrokenPluginError, Plugin

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
    """A line of the leaderboard to be: its label, its method, and its cells by repeat."""

    label: str
    method: str
    summary: str
    fields: Mapping[str, Any]
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


@dataclass(frozen=True)
class Choice:
    """The methods of a run: rows with every field resolved, their plugins, and what is broken."""

    rows: tuple[ChosenRow, ...]
    plugins: Mapping[str, Plugin]
    broken: tuple[str, ...]


@dataclass(frozen=True)
class ChosenRow:
    """A row before its cells are known: its label, method, scope and all fields."""

    label: str
    method: str
    scope: str
    fields: Mapping[str, Any]


def choose(experiment: Experiment, asked: Sequence[str]) -> Choice:
    """The rows for names of methods, labels of variants and files, or "all".

    A broken plugin is passed over and listed with "all", and raises ``BrokenPluginError`` when
    asked for by name. Raises ``ValueError`` for unknown names and fields.
    """
    variants = experiment.variants
    for method in {*experiment.methods, *(str(v["method"]) for v in variants.values())}:
        if not any(Path(a).stem == method for a in asked if a.endswith(".py")):
            plugins.find(METHODS, method)
    found: dict[str, Plugin] = {}
    by_name: set[str] = set()
    for name in asked:
        if name == "all":
            found |= plugins.available(METHODS)
            continue
        plugin = plugins.find(METHODS, variants.get(name, {}).get("method", name))
        if found.get(plugin.name, plugin) != plugin:
            raise ValueError(f"two methods are named {plugin.name!r}; rename one of the files")
        found[plugin.name] = plugin
        by_name.add(plugin.name)
    for label in variants:
        if label in found or label in plugins.available(METHODS):
            raise ValueError(f"variants.{label} has the name of a method; use another")
    rows, broken = [], []
    for name, plugin in found.items():
        try:
            cls = plugin.load()
            if getattr(cls, "scope", None) not in {"machine", "dataset"}:
                raise BrokenPluginError(f"{name} has no scope; set it to 'machine' or 'dataset'")
        except BrokenPluginError as error:
            if name in by_name:
                raise
            broken.append(str(error))
            continue
        of_method = experiment.methods.get(name, {})
        labels = {}
        if any(a in {"all", name} or (a.endswith(".py") and Path(a).stem == name) for a in asked):
            labels[name] = of_method
        for label, variant in variants.items():
            if variant["method"] == name and ("all" in asked or label in asked):
                above = {field: value for field, value in variant.items() if field != "method"}
                labels[label] = merge(of_method, above)
        for label, fields in labels.items():
            rows.append(ChosenRow(label, name, cls.scope, plain(build(cls, fields, label))))
    if not rows and not broken:
        raise ValueError("no method is asked for; use --methods all, or names")
    return Choice(tuple(rows), found, tuple(broken))


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
            cells=tuple(cells(row, repeat) for repeat in range(experiment.repeats)),
        )
        for row in choice.rows
    ]
    return Plan(name, experiment, tuple(rows), choice.plugins, choice.broken)


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
