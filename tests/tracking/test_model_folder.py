"""A model's folder has all that MLflow looks for, and nothing is pickled."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import mlflow
import numpy as np
import pytest
import yaml
from logged_models import folder_of, log_models, models_of
from mlflow.models import Model
from mlflow.models.utils import _read_example, load_serving_example
from recorded import RATE

import asdbench
from asdbench.detector import served
from asdbench.results.provenance import VERSIONS
from asdbench.results.store import Store
from asdbench.tracking import model_folder
from asdbench.tracking.model_folder import required, size

PICKLED = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05", b"PK")  # how pickles begin


@pytest.fixture
def folder(store: Store) -> Path:
    """That of a row's model, as MLflow has it."""
    log_models(store)
    return folder_of(models_of(store)["knn"])


def test_it_has_all_that_mlflow_looks_for(store: Store, folder: Path) -> None:
    about, model = Model.load(str(folder)), models_of(store)["knn"]
    assert (about.model_id, about.run_id) == (model.model_id, model.source_run_id)
    assert about.flavors["python_function"]["loader_module"] == served.__name__
    inputs, outputs = about.signature.inputs, about.signature.outputs
    assert inputs.input_names() == ["samples", "rate", "machine", "id"]
    assert inputs.required_input_names() == list(served.NEEDED)
    assert outputs.input_names() == list(served.SCORED)
    assert outputs.required_input_names() == ["threshold", "at", "warnings"]
    example = _read_example(about, str(folder))
    assert list(example.columns) == inputs.input_names()
    assert len(example["samples"][0]) == RATE / 10
    assert 0 < np.std(example["samples"][0]) < 0.02
    serving = json.loads(load_serving_example(str(folder)))
    assert serving == {"dataframe_split": json.loads((folder / "input_example.json").read_text())}
    assert about.model_size_bytes < 1e6


def test_its_example_is_scored_and_what_is_scored_is_as_its_signature_says(folder: Path) -> None:
    model = mlflow.pyfunc.load_model(str(folder))
    found = model.predict(model.input_example)
    lone = asdbench.load_detector(folder / "detector").score(
        np.array(model.input_example["samples"][0]), RATE, machine="fan", id="00"
    )
    assert list(found["score"]) == [lone.score]
    outputs = mlflow.models.infer_signature(model.input_example, found).outputs
    assert outputs.input_types() == model.metadata.signature.outputs.input_types()


def test_nothing_is_pickled(folder: Path) -> None:
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.*")}
    assert {"detector/detector.json", "requirements.txt", "conda.yaml"} <= set(files)
    assert not {path.suffix for path in files.values()} & {".pkl", ".pickle", ".pt", ".joblib"}
    for name, path in files.items():
        assert not path.read_bytes().startswith(PICKLED), name
    assert "pickle" not in str(Model.load(str(folder)).flavors)


def test_its_requirements_are_what_it_was_made_with(folder: Path) -> None:
    lines = (folder / "requirements.txt").read_text().splitlines()
    assert [line.partition("==")[0] for line in lines] == ["mlflow", *VERSIONS]
    assert f"asdbench=={version('asdbench')}" in lines
    assert required({"torch": "2.11.0+cpu", "numpy": "2.0"}) == ["torch==2.11.0", "numpy==2.0"]
    environment = yaml.safe_load((folder / "python_env.yaml").read_text())
    assert environment["dependencies"] == ["-r requirements.txt"]
    conda = yaml.safe_load((folder / "conda.yaml").read_text())
    assert conda["dependencies"][-1] == {"pip": lines}
    assert conda["dependencies"][0] == f"python={environment['python']}"


def test_a_folders_size_is_that_of_all_its_files(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "some").write_bytes(bytes(3))
    (tmp_path / "a" / "b" / "more").write_bytes(bytes(4))
    assert size(tmp_path) == 7
    assert model_folder.DETECTOR == "detector"
