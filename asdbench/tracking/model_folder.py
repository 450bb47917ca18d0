"""The files that make a folder with a detector an MLflow model, as MLflow would write them.

MLflow itself would load the model, to find out what it needs and to try its example: all of that is
known here.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
from mlflow.entities import LoggedModel
from mlflow.models import Model, ModelSignature
from mlflow.types import ColSpec, DataType, Schema
from mlflow.types.schema import Array

from asdbench.detector import served
from asdbench.detector.description import DetectorCard, read
from asdbench.results.provenance import VERSIONS, versions

DETECTOR = "detector"  # its folder in the model's
EXAMPLE, SERVING = "input_example.json", "serving_input_example.json"
EXAMPLE_SECONDS, QUIET = 0.1, 0.01  # it is repeated up to a clip's length; of full scale

SIGNATURE = ModelSignature(
    inputs=Schema(
        [
            ColSpec(Array(DataType.double), "samples"),
            ColSpec(DataType.long, "rate"),
            *(ColSpec(DataType.string, name, required=False) for name in served.TOLD),
        ]
    ),
    outputs=Schema(
        [
            ColSpec(DataType.double, "score", required=False),
            ColSpec(DataType.double, "percentile", required=False),
            ColSpec(DataType.boolean, "alarm", required=False),
            ColSpec(DataType.double, "threshold"),
            ColSpec(DataType.double, "at"),
            ColSpec(DataType.string, "warnings"),
        ]
    ),
)


def complete(folder: Path, model: LoggedModel) -> None:
    """Make a folder that has a detector an MLflow model: all files that MLflow looks for."""
    needs = [f"mlflow=={mlflow.__version__}", *required(versions(VERSIONS))]
    files = {
        EXAMPLE: json.dumps(example(read(folder / DETECTOR))),
        SERVING: json.dumps({"dataframe_split": example(read(folder / DETECTOR))}),
        "requirements.txt": "\n".join(needs),
        "python_env.yaml": _python_env(),
        "conda.yaml": _conda(needs),
    }
    for name, text in files.items():
        (folder / name).write_text(f"{text}\n", encoding="utf-8")
    about = Model(
        artifact_path=model.artifact_location,
        run_id=model.source_run_id,
        model_id=model.model_id,
        model_uuid=model.model_id,
        signature=SIGNATURE,
        saved_input_example_info={
            "artifact_path": EXAMPLE,
            "serving_input_path": SERVING,
            "type": "dataframe",
            "pandas_orient": "split",
        },
        model_size_bytes=size(folder),
    )
    about.add_flavor(
        "python_function",
        loader_module=served.__name__,
        data=DETECTOR,
        python_version=platform.python_version(),
        env={"conda": "conda.yaml", "virtualenv": "python_env.yaml"},
    )
    about.save(str(folder / "MLmodel"))


def size(folder: Path) -> int:
    """The bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def required(found: Mapping[str, str]) -> list[str]:
    """As pip takes them: a build for the CPU (``+cpu``) isn't on its index by that name."""
    return [f"{name}=={version.partition('+')[0]}" for name, version in found.items()]


def example(about: DetectorCard) -> dict[str, Any]:
    """A table of one recording, a tenth of a second of quiet noise, as pandas splits it."""
    rate = about.frontend.sample_rate
    noise = np.random.default_rng(0).normal(0, QUIET, round(EXAMPLE_SECONDS * rate)).clip(-1, 1)
    row = [noise.round(4).tolist(), rate, *about.ids[0]]
    return {"columns": [*served.NEEDED, *served.TOLD], "data": [row]}


def _python_env() -> str:
    return f"python: {platform.python_version()}\ndependencies:\n- -r requirements.txt"


def _conda(needs: list[str]) -> str:
    listed = "\n".join(f"  - {need}" for need in needs)
    python = f"- python={platform.python_version()}\n- pip"
    head = "name: asdbench\nchannels:\n- conda-forge\ndependencies"
    return f"{head}:\n{python}\n- pip:\n{listed}"
