"""Rows' models in MLflow: mirrors that log them, the models that there are, and what is in them."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

from mlflow import MlflowClient
from mlflow.entities import LoggedModel

from asdbench.results.build import board
from asdbench.results.store import Store
from asdbench.tracking.client import Client
from asdbench.tracking.found import Found
from asdbench.tracking.models import Models
from asdbench.tracking.place import folder_name, local_uri
from asdbench.tracking.runs import Runs

EXPERIMENT = "demo-data"


def mirror(store: Store) -> None:
    """What one mirror does, from its start to its end."""
    Runs(store, local_uri(store), folder_name(store), lambda: None).write([board(store)])


def log_models(store: Store, uri: str | None = None) -> None:
    """What a mirror does for models, and no more of its work than they need."""
    client = Client(store, uri or local_uri(store), EXPERIMENT, lambda: None)
    made = board(store)
    with mock.patch("asdbench.detector.figures.current", return_value=made):  # as it lies there
        Models(client, store, Found(client, store, folder_name(store))).write(made)


def models_of(store: Store, uri: str | None = None) -> dict[str, LoggedModel]:
    """The models by name; no two have one name."""
    client = MlflowClient(uri or local_uri(store))
    found = client.get_experiment_by_name(EXPERIMENT)
    assert found is not None
    models = list(client.search_logged_models([found.experiment_id]))
    by_name = {model.name: model for model in models}
    assert len(by_name) == len(models)
    return by_name


def folder_of(model: LoggedModel) -> Path:
    """Where a model's files are, in a folder's own store."""
    return Path(model.artifact_location.removeprefix("file://"))
