"""Small studies, and what they leave: recipes, methods whose cells take milliseconds, trials."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import optuna
import sqlalchemy
from inline import inline

import asdbench
from asdbench.tuning.tune import Tuned

TRIALS = 5
SEED = 1
CHOOSING, TESTING = 1, 2  # tasks of the choice; three and five outside of tests
FRESH = CHOOSING + TESTING

RECIPE = """\
repeats = 1
seed = 1

[dataset]
name = "synthetic"
machines = ["fan", "valve"]
subsets = ["development"]
seconds = 1.0
train = 6
test_normal = 3
test_anomalous = 3

[tune.bands]
power = { low = 0.5, high = 2.0 }
"""
ONE_MACHINE = RECIPE.replace('["fan", "valve"]', '["fan"]').replace("train = 6", "train = 4")

BANDS = '''\
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from asdbench import tunable


@dataclass
class Bands:
    """How far some mel bands are from where they mostly are."""

    scope: ClassVar[str] = "machine"

    first: int = tunable(40, low=0, high=100)
    power: float = tunable(1.0, low=0.25, high=4.0, log=True)
    offset: float = 0.0

    def fit(self, train, context):
        self.mean_ = train.logmel().mean(dim=(0, 2)).numpy()

    def score(self, test):
        far = np.abs(test.logmel().mean(dim=2).numpy() - self.mean_)
        return (far[:, self.first : self.first + 28] ** self.power).mean(axis=1) + self.offset
'''
FIT = "    def fit(self, train, context):\n"


def changed(*, fit: str = "", method: str = "") -> str:
    """``BANDS`` with another line at the start of ``fit``, or a method before it."""
    return BANDS.replace(FIT, f"{method}{FIT}        {fit}\n" if fit else f"{method}{FIT}")


def written(folder: Path, method: str = BANDS, recipe: str = RECIPE) -> Path:
    """The folder, with a recipe and a method in it."""
    folder.mkdir(exist_ok=True)
    (folder / "bands.py").write_text(method)
    (folder / "some.toml").write_text(recipe)
    return folder


def tuned(
    folder: Path, method: str = "./bands.py", recipe: str = "some.toml", **asked: Any
) -> Tuned:
    """``asdbench.tune`` in this folder, all in this process, with few fresh tasks."""
    asked = {"trials": TRIALS, "out": "o", **asked}
    around = {name: asked.pop(name) for name in ("engine", "mirrored") if name in asked}
    with at_home(folder), inline(**around):
        return asdbench.tune(method, recipe, **asked)


@contextlib.contextmanager
def at_home(folder: Path) -> Iterator[None]:
    """In this folder, with few fresh tasks and no storage of the user's."""
    with (
        contextlib.chdir(folder),
        mock.patch("asdbench.tuning.finalists.CHOOSING", CHOOSING),
        mock.patch("asdbench.tuning.finalists.TESTING", TESTING),
        mock.patch("asdbench.tuning.report.TESTING", TESTING),
        mock.patch.dict(os.environ),
    ):
        os.environ.pop("OPTUNA_STORAGE", None)
        yield


@contextlib.contextmanager
def quick_databases() -> Iterator[None]:
    """SQLite leaves it to the system when to write: that outlives a kill, but no power cut."""

    def hurry(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA synchronous = OFF")

    sqlalchemy.event.listen(sqlalchemy.Engine, "connect", hurry)
    yield
    sqlalchemy.event.remove(sqlalchemy.Engine, "connect", hurry)


def study_in(out: Path) -> list[tuple[Any, ...]]:
    """All that there is to know of the trials of a folder, but when they ran."""
    (database,) = [*out.glob("tuning/*/study.db"), *out.glob("study.db")]
    storage = f"sqlite:///{database}"
    (name,) = optuna.get_all_study_names(storage)
    return [
        (t.number, t.state, t.params, t.value, t.user_attrs.get("figures"), t.intermediate_values)
        for t in optuna.load_study(study_name=name, storage=storage).get_trials()
    ]


def cells(out: Path) -> dict[str, int]:
    """When each finished cell was written, by its place in the folder."""
    found = [*out.glob("cells/*/cell.json"), *out.glob("tuning/*/cells/*/cell.json")]
    return {str(path.relative_to(out)): path.stat().st_mtime_ns for path in found}


def records(out: Path) -> list[dict[str, Any]]:
    """What is known of each finished cell."""
    return [json.loads((out / cell).read_text())["cell"] for cell in cells(out)]


def chosen(out: Path, method: str = "bands") -> str:
    """The recipe that a study left."""
    return (out / "tuned" / f"{method}.toml").read_text()
