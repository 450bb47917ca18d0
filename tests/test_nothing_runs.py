"""Results, detectors and what was learned, written by somebody who wants his own code run."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from learners import Learner, learner
from small_detectors import detector, small_store

from asdbench.config import plugins
from asdbench.config.keys import key
from asdbench.config.numerics import Numerics
from asdbench.data.clips import Clips
from asdbench.data.loading import dataset_of
from asdbench.detector.description import FILE, sha256
from asdbench.detector.make import make
from asdbench.detector.verbs import load_detector
from asdbench.results.store import CODE, Store
from asdbench.training.fitted import FORMAT, Fitted, NotKeptError, fitted
from asdbench.training.method import Context
from asdbench.training.restored import restore
from asdbench.training.stages import Stages

EVIL = "from pathlib import Path\nPath({mark!r}).mkdir()\n"


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    return tmp_path / "went off"


@pytest.fixture
def evil(tmp_path: Path, mark: Path) -> Path:
    """A module that leaves a mark when it is imported."""
    (tmp_path / "evil.py").write_text(EVIL.format(mark=str(mark)))
    return tmp_path / "evil.py"


def test_a_name_in_a_file_of_results_is_never_that_of_a_file(evil: Path, mark: Path) -> None:
    for group in (plugins.METHODS, plugins.DATASETS, plugins.LEADERBOARDS):
        with pytest.raises(ValueError, match="no "):
            plugins.installed(group, str(evil))
    with pytest.raises(ValueError, match="no dataset"):
        dataset_of({"name": str(evil)})
    assert not mark.exists()


CALLS: list[Any] = [
    {"named": "torch:os.system"},
    {"named": "torch.serialization:load"},
    {"named": "torch.serialization:os.system"},
    {"named": "numpy:load"},
    {"named": "torch.hub:load"},
    {"named": "asdbench.engines.child:Child"},
    {"named": "torch.package.package_importer:PackageImporter"},
    {"partial": [{"named": "torch:os.system"}, {"tuple": ["true"]}, {"dict": []}]},
    {"object": "torch:os._Environ", "state": {"dict": []}},
    {"network": "os:system"},
]


@pytest.mark.parametrize("told", CALLS, ids=str)
def test_what_was_learned_names_nothing_that_does_something(told: Any, tmp_path: Path) -> None:
    known = Fitted({"format": FORMAT, "attributes": {"made_": told}}, {})
    with pytest.raises(ValueError, match=r"may not be|isn't|is no|there is no"):
        restore(Learner, known, lent(tmp_path))  # type: ignore[type-abstract]


@pytest.mark.parametrize(
    "told",
    [{"same": "x"}, {"odd": 1}, {"tensor": "x"}, {"torch": "x"}, {}, {"values": [1]}],
    ids=str,
)
def test_nonsense_is_named_as_damage(told: Any, tmp_path: Path) -> None:
    known = Fitted({"format": FORMAT, "attributes": {"made_": told}}, {})
    with pytest.raises(ValueError, match="damaged"):
        restore(Learner, known, lent(tmp_path))  # type: ignore[type-abstract]


@pytest.mark.parametrize("value", [np.load, torch.load, functools.partial(torch.load, "x")])
def test_what_could_not_be_restored_is_not_kept(value: Any) -> None:
    with pytest.raises(NotKeptError, match="can't be kept; call it in a function"):
        fitted(learner(made_=value))
    fitted(learner(made_=torch.nn.functional.gelu, other_=torch.nn.ReLU))


def lent(folder: Path) -> Context:
    numerics = Numerics(device="cpu", precision="float32")
    return Context(7, numerics, folder, lambda *_, **__: None, Stages(folder, "x"))


def test_a_detector_names_files_of_its_own_only(
    small_clips: Clips, tmp_path: Path, evil: Path, mark: Path
) -> None:
    detector(small_store(tmp_path / "o", small_clips, "knn"), None, "knn", tmp_path / "d")
    before = (tmp_path / "d" / FILE).read_text()
    for place in ("../evil.py", str(evil)):
        told = json.loads(before)
        told["members"][0]["code"] = place
        with pytest.raises(ValueError, match="names files that it wasn't made with"):
            rewritten(tmp_path / "d", told)
        told["files"][place] = sha256(evil)
        with pytest.raises(ValueError, match="outside its folder"):
            rewritten(tmp_path / "d", told)
    assert not mark.exists()


def rewritten(folder: Path, told: dict[str, Any]) -> None:
    """With a hash that fits: who writes a file can write that as well."""
    told["hash"] = key({**{n: v for n, v in told.items() if n != "format"}, "hash": ""})
    (folder / FILE).write_text(json.dumps(told))
    load_detector(folder)


@pytest.mark.parametrize("name", ["../../out", "..", "", "/etc", "a/../../b", "x\0y"])
def test_no_name_leads_out_of_an_output_folder(name: str, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    store = Store(tmp_path / "o" / "p")
    for use in (store.drop, store.cell, store.row, store.history):
        with pytest.raises(ValueError, match="can't be the name of a file"):
            use(name)
    with pytest.raises(ValueError, match="can't be the name of a file"):
        store.keep_row({"label": name})
    assert (tmp_path / "out").exists()


def test_what_mlflow_is_shown_is_made_without_running_the_folders_code(
    small_clips: Clips, tmp_path: Path, evil: Path, mark: Path
) -> None:
    store = small_store(tmp_path / "o", small_clips, "knn")
    for cell in (tmp_path / "o" / "cells").iterdir():
        (cell / CODE).write_bytes(evil.read_bytes())
    asked: dict[str, Any] = {"repeats": "first", "threshold": "gamma", "training": None}
    make(store, "knn", tmp_path / "d", **asked, limits=False, run=False)
    assert not mark.exists()
    for cell in (tmp_path / "o" / "cells").iterdir():
        (cell / CODE).write_text(f"{evil.read_text()}take_along = 1\n")
    with pytest.raises(ValueError, match="where nothing is run by itself"):
        make(store, "knn", tmp_path / "d", **asked, limits=False, run=False)
    assert not mark.exists()
