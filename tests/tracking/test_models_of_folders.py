"""Models of folders that were moved, and of several on one server."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from logged_models import EXPERIMENT, folder_of, log_models, models_of
from mirrors import TrackingServer, newborn
from mlflow import MlflowClient

from asdbench.results.store import Store
from asdbench.tracking.place import folder_name, local_uri


def test_a_folder_that_was_moved_has_its_models_with_it(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_models(Store(here / "o"))
    before = models_of(Store(here / "o"))["knn"]
    with monkeypatch.context() as patched:
        uri = local_uri(Store(here / "o"))
        # What it registers from is looked up where MLflow as a whole is; others may have set that.
        patched.setattr("mlflow.tracking._tracking_service.utils._tracking_uri", uri)
        client = MlflowClient(uri)
        client.create_registered_model("ours")
        client.create_model_version("ours", f"models:/{before.model_id}")
    (here / "o").rename(here / "moved")
    newborn()
    store = Store(here / "moved")
    log_models(store)
    after = models_of(store)["knn"]
    assert after.model_id == before.model_id
    assert after.tags["asdbench.folder"].endswith(f":{store.folder.resolve()}")
    place = folder_of(after)
    assert (place / "MLmodel").exists()
    assert store.folder.resolve() in place.parents
    uri = MlflowClient(local_uri(store)).get_model_version_download_uri("ours", "1")
    assert uri == after.artifact_location


def test_folders_that_share_a_server_have_models_of_their_own(
    here: Path, server: TrackingServer
) -> None:
    shutil.copytree(here / "o", here / "p")
    for name in ("o", "p", "o"):
        log_models(Store(here / name), server.uri)
    client = MlflowClient(server.uri)
    found = client.get_experiment_by_name(EXPERIMENT)
    folders = {folder_name(Store(here / name)).id for name in ("o", "p")}
    logged = [  # other tests share the server
        model
        for model in client.search_logged_models([found.experiment_id])
        if model.tags["asdbench.folder_id"] in folders
    ]
    assert [model.name for model in logged] == ["knn", "knn"]
    assert {model.tags["asdbench.folder_id"] for model in logged} == folders
    files = {file.path for file in client.list_logged_model_artifacts(logged[0].model_id)}
    assert {"MLmodel", "detector"} <= files
