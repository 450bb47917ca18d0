"""An experiment: a recipe in TOML, and the flags laid over it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path
from typing import Any

from asdbench.config import plugins
from asdbench.config.ensembles import Ensemble, ensembles_in
from asdbench.config.frontend import Frontend
from asdbench.config.limits import Limits
from asdbench.config.names import did_you_mean, near_path
from asdbench.config.numerics import Numerics
from asdbench.config.schema import build, merge

OBJECTIVES = ("proxy", "oracle")  # of tuning: without labels, and with those of one subset
MOST_REPEATS = 10_000  # more is a slip of the keyboard, and would be planned for ever
FOLDERS = "folder"  # the dataset plugin that reads any folder of recordings
_KEPT = ("machines", "subsets", "channels")  # what a recipe says of another folder, with --data


@dataclass(frozen=True)
class Experiment:
    """A recipe: which clips, which methods with which fields, how often.

    ``methods`` sets fields of a method in all its rows, or makes a row of others:
    ``{ensemble = ["...", "..."]}``; ``variants`` names further rows, each
    ``{method = "...", field = value, ...}``. ``tune`` narrows what tuning may vary, by method and
    field; ``tuned`` says which variants came from tuning, and how. ``cells_per_gpu`` cells share
    a GPU; it changes no result, and nor do the ``limits`` of a cell.
    """

    repeats: int = 3
    seed: int = 0
    dataset: dict[str, Any] = field(default_factory=lambda: {"name": "synthetic"})
    cells_per_gpu: int = 1
    frontend: Frontend = field(default_factory=Frontend)
    numerics: Numerics = field(default_factory=Numerics)
    limits: Limits = field(default_factory=Limits)
    methods: dict[str, dict[str, Any]] = field(default_factory=dict)
    variants: dict[str, dict[str, Any]] = field(default_factory=dict)
    tune: dict[str, dict[str, Any]] = field(default_factory=dict)
    tuned: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def ensembles(self) -> dict[str, Ensemble]:
        """The rows that are made of others, by label."""
        return ensembles_in(self.methods)

    @property
    def tables(self) -> dict[str, dict[str, Any]]:
        """The fields of methods, without the ensembles among ``methods``."""
        return {name: table for name, table in self.methods.items() if name not in self.ensembles}

    def __post_init__(self) -> None:
        if not 1 <= self.repeats <= MOST_REPEATS:
            raise ValueError(f"repeats = {self.repeats}; choose from 1 to {MOST_REPEATS:,}")
        if self.cells_per_gpu < 1:
            raise ValueError(f"cells_per_gpu = {self.cells_per_gpu}; at least one is needed")
        check_labels([*self.variants, *self.ensembles])
        for label, fields in self.variants.items():
            if "method" not in fields:
                raise ValueError(f'variants.{label} has no method; add method = "..."')
        for label, origin in self.tuned.items():
            if label not in self.variants:
                raise ValueError(f"tuned.{label}: there is no variants.{label}")
            if origin.get("objective") not in OBJECTIVES:
                raise ValueError(f"tuned.{label}.objective: write {' or '.join(OBJECTIVES)}")
            if origin["objective"] == "oracle" and "subset" not in origin:
                raise ValueError(f"tuned.{label}.subset: write the subset it was tuned on")


def check_labels(labels: Sequence[str]) -> None:
    """Raise ``ValueError`` for a label that can't be one, or that two rows have."""
    for label in labels:
        if not label.replace("-", "").replace("_", "").replace(".", "").isalnum():
            raise ValueError(f"variants.{label!r}: use letters, digits, '-', '_' and '.'")
        if labels.count(label) > 1:
            raise ValueError(f"methods.{label} and variants.{label} have one name; use another")


@dataclass(frozen=True)
class Resolved:
    """An experiment as it is run: nothing in it is left to be found out.

    ``benchmark`` is its name, with that of the data folder, if one was given. ``frontend`` has a
    clip length in seconds, ``numerics`` a device and a precision.
    """

    benchmark: str
    repeats: int
    seed: int
    dataset: Mapping[str, Any]
    frontend: Frontend
    numerics: Numerics
    tuned: Mapping[str, Mapping[str, Any]]


def resolve(
    experiment: Experiment, benchmark: str, *, frontend: Frontend, numerics: Numerics
) -> Resolved:
    """The experiment with the clip length that its clips have and the device that runs it."""
    return Resolved(
        benchmark=benchmark,
        repeats=experiment.repeats,
        seed=experiment.seed,
        dataset=experiment.dataset,
        frontend=frontend,
        numerics=numerics,
        tuned=experiment.tuned,
    )


def with_data(name: str, experiment: Experiment, folder: Path | None) -> tuple[str, Experiment]:
    """A benchmark's name and experiment, on a folder (or zip) of recordings if one is given.

    Which part of it is used stays, if the experiment is on a folder already.
    """
    if folder is None:
        return name, experiment
    table = experiment.dataset if "path" in experiment.dataset else {}
    chosen = {field: value for field, value in table.items() if field in _KEPT}
    here = {"name": FOLDERS, "path": str(folder.resolve())}
    return f"{name}-{folder.resolve().name.removesuffix('.zip')}", replace(
        experiment, dataset={**here, **chosen}
    )


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
        if name in plugins.available(plugins.METHODS):
            raise ValueError(f"no experiment {name!r}: that is a method; write --methods {name}")
        near = did_you_mean(name, known)
        raise ValueError(f"no experiment {name!r}{near} (a file of your own ends in .toml)")
    try:
        values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        near = "" if path.exists() else near_path(path, known)
        raise ValueError(f"cannot read experiment {path}: {error.strerror}{near}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"{path} is not TOML: {error}") from error
    for setting in settings:
        values = merge(values, setting)
    return path.stem, build(Experiment, values, path.stem)
