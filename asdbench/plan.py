"""Experiment in, cells out: what there is to run, and the key that each result is found by."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

from asdbench import plugins
from asdbench.clips import Clips
from asdbench.config import build, did_you_mean, key, merge, plain
from asdbench.frontend import Frontend
from asdbench.numerics import Numerics
from asdbench.plugins import METHODS, BrokenPluginError, Plugin

SCHEMA = 1  # raise it when the meaning of a cell's results changes: no old result is then reused


@dataclass(frozen=True)
class Experiment:
    """A recipe: which clips, which methods with which fields, how often.

    ``methods`` sets fields of a method in all its rows; ``variants`` names further rows, each
    ``{method = "...", field = value, ...}``.
    """

    repeats: int = 3
    seed: int = 0
    dataset: dict[str, Any] = field(default_factory=lambda: {"name": "synthetic"})
    frontend: Frontend = field(default_factory=Frontend)
    numerics: Numerics = field(default_factory=Numerics)
    methods: dict[str, dict[str, Any]] = field(default_factory=dict)
    variants: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.repeats < 1:
            raise ValueError(f"repeats = {self.repeats}; at least one is needed")
        for label, fields in self.variants.items():
            if "method" not in fields:
                raise ValueError(f'variants.{label} has no method; add method = "..."')
            if not label.replace("-", "").replace("_", "").replace(".", "").isalnum():
                raise ValueError(f"variants.{label!r}: use letters, digits, '-', '_' and '.'")


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


def experiments() -> dict[str, Path]:
    """The experiments that come with the package, by name."""
    folder = Path(str(resources.files("asdbench.experiments")))
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def read(name: str, settings: Sequence[Mapping[str, Any]] = ()) -> tuple[str, Experiment]:
    """An experiment by name or TOML file, with settings laid over it; its name and the recipe.

    Raises ``ValueError`` where there is none, the TOML is broken, or a field is unknown.
    """
    known = experiments()
    path = Path(name).expanduser() if name.endswith(".toml") else known.get(name)
    if path is None:
        raise ValueError(f"no experiment {name!r}{did_you_mean(name, known)}, or a file.toml")
    try:
        values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"cannot read experiment {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not TOML: {error}") from error
    for setting in settings:
        values = merge(values, setting)
    return path.stem, build(Experiment, values, path.name)


def plan(
    name: str,
    experiment: Experiment,
    methods: Sequence[str],
    clips: Clips,
) -> Plan:
    """Every cell of an experiment on these clips.

    ``methods`` holds names, labels of variants and files, or "all". A broken plugin is passed over
    and listed with "all" and raises ``BrokenPluginError`` when asked for by name. Raises
    ``ValueError`` for unknown names and fields, and where clips to train on or to test are missing.
    """
    _check_clips(clips)
    found, classes, broken = _load(methods, experiment)
    for method in {*experiment.methods, *(v["method"] for v in experiment.variants.values())}:
        plugins.find(METHODS, method) if method not in found else None
    parts: dict[str | None, str] = {None: clips.fingerprint}
    rows = []
    for label, method, fields in _labels(methods, experiment, found):
        if method not in classes:
            continue
        cls = classes[method]
        instance = build(cls, fields, label)
        machines: Sequence[str | None] = [None]
        if cls.scope == "machine":
            machines = sorted({c.machine for c in clips if c.split == "test"})
            for machine in machines:
                parts.setdefault(machine, clips.where(machine=str(machine)).fingerprint)
        elif cls.scope != "dataset":
            raise ValueError(f"{method}.scope = {cls.scope!r}; use 'machine' or 'dataset'")
        cells = tuple(
            tuple(
                Cell(
                    method=method,
                    fields=plain(instance),
                    machine=machine,
                    clips=parts[machine],
                    frontend=experiment.frontend,
                    numerics=experiment.numerics,
                    repeat=repeat,
                    seed=experiment.seed,
                )
                for machine in machines
            )
            for repeat in range(experiment.repeats)
        )
        rows.append(PlannedRow(label, method, found[method].summary, plain(instance), cells))
    return Plan(name, experiment, tuple(rows), found, tuple(broken))


def _load(
    asked: Sequence[str], experiment: Experiment
) -> tuple[dict[str, Plugin], dict[str, Any], list[str]]:
    """The plugins that are asked for, their classes, and what is broken."""
    wanted: dict[str, Plugin] = {}
    for name in asked:
        if name == "all":
            wanted |= plugins.available(METHODS)
        else:
            method = experiment.variants.get(name, {}).get("method", name)
            plugin = plugins.find(METHODS, method)
            wanted[plugin.name] = plugin
    classes, broken = {}, []
    for name, plugin in wanted.items():
        try:
            classes[name] = plugin.load()
        except BrokenPluginError as error:
            if "all" not in asked or name in asked:
                raise
            broken.append(str(error))
    return wanted, classes, broken


def _labels(
    asked: Sequence[str], experiment: Experiment, found: Mapping[str, Plugin]
) -> list[tuple[str, str, dict[str, Any]]]:
    """(label, method, fields) of every row: methods under their own name, then the variants."""
    rows = []
    for method in found:
        named = any(a in {"all", method} or Path(a).stem == method for a in asked)
        if named:
            rows.append((method, method, experiment.methods.get(method, {})))
    for label, variant in experiment.variants.items():
        method = variant["method"]
        if label in asked or ("all" in asked and method in found):
            above = {name: value for name, value in variant.items() if name != "method"}
            rows.append((label, method, merge(experiment.methods.get(method, {}), above)))
    return rows


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
