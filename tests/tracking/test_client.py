"""MLflow's client as runs and studies need it: on a real store."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest
from folders import Folder
from mlflow import MlflowClient
from processes import wait_for

from asdbench.results.store import Store
from asdbench.tracking import client as client_module
from asdbench.tracking.client import MOST, Client, as_metrics
from asdbench.tracking.place import local_uri


def opened(store: Store, name: str = "demo", moved: Any = lambda: None) -> Client:
    return Client(store, local_uri(store), name, moved)


def test_a_benchmark_is_one_experiment_and_a_deleted_one_is_restored(store: Store) -> None:
    first = opened(store)
    assert opened(store).experiment == first.experiment
    assert opened(store, "it's another").experiment != first.experiment
    MlflowClient(local_uri(store)).delete_experiment(first.experiment)
    assert opened(store).experiment == first.experiment
    found = MlflowClient(local_uri(store)).get_experiment(first.experiment)
    assert found.lifecycle_stage == "active"
    assert found.artifact_location == f"file://{store.folder}/mlartifacts"


def test_every_answer_of_mlflows_is_a_step_forward(store: Store, tmp_path: Path) -> None:
    """Or a server that answers each request within a moment would be left for its silence."""
    steps: list[int] = []
    client = opened(store, moved=lambda: steps.append(1))
    assert steps
    (tmp_path / "some.txt").write_text("some")
    run = client.create("a run", {})
    for call in (
        lambda: client.create("another", {"a": "b"}),
        lambda: client.log(run, as_metrics([("a", 1.0)])),
        lambda: client.mlflow.set_tag(run, "c", "d"),
        lambda: client.mlflow.log_batch(run, params=[]),
        lambda: client.mlflow.log_artifact(run, str(tmp_path / "some.txt")),
        lambda: client.mlflow.set_terminated(run),
        lambda: list(client.search("")),
        lambda: client.mlflow.delete_run(run),
    ):
        steps.clear()
        call()
        assert steps == [1]


def test_what_mlflow_refuses_is_no_step_and_is_told(store: Store) -> None:
    steps: list[int] = []
    client = opened(store, moved=lambda: steps.append(1))
    steps.clear()
    with pytest.raises(Exception, match="no-such-run"):
        client.mlflow.set_tag("no-such-run", "a", "b")
    assert steps == []


def test_what_takes_longer_than_an_answer_moves_too_but_not_for_ever(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[int] = []
    client = opened(store, moved=lambda: steps.append(1))
    monkeypatch.setattr(client_module, "BEAT", 0.01)
    monkeypatch.setattr(client_module, "BEATS", 3)
    steps.clear()
    with client.at_work():
        wait_for(lambda: len(steps) == 3)
        time.sleep(0.1)
    assert len(steps) == 3
    monkeypatch.setattr(client_module, "BEAT", 60)
    with client.at_work():
        pass  # and it ends at once
    assert len(steps) == 3


def test_a_driver_that_has_gone_is_for_the_next_step_to_tell(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "BEAT", 0.01)
    gone: list[int] = []

    def moved() -> None:
        if gone:
            gone.append(1)
            raise BrokenPipeError

    client = opened(store, moved=moved)
    gone.append(0)
    with client.at_work():
        wait_for(lambda: len(gone) > 1)
    with pytest.raises(BrokenPipeError):
        client.create("a run", {})


def test_more_metrics_than_mlflow_takes_at_once_are_logged(store: Store) -> None:
    client = opened(store)
    run = client.create("a run", {})
    client.log(run, as_metrics((f"m{i}", i / 2) for i in range(MOST + 5)))
    found = MlflowClient(local_uri(store)).get_run(run).data.metrics
    assert found == {f"m{i}": i / 2 for i in range(MOST + 5)}
    client.log(run, [])


def test_every_page_is_read(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    client = opened(store)
    made = {client.create(f"run {i}", {"kind": "a" if i % 2 else "b"}) for i in range(7)}
    search = MlflowClient.search_runs

    def two_at_once(*arguments: Any, **options: Any) -> Any:
        return search(*arguments, **options, max_results=2)

    monkeypatch.setattr(MlflowClient, "search_runs", two_at_once)
    assert {run.info.run_id for run in client.search("")} == made
    assert len(list(client.search("tags.kind = 'b'"))) == 4


def test_models_are_found_as_runs_are(store: Store) -> None:
    client = opened(store)
    made = {
        client.mlflow.create_logged_model(
            client.experiment, name="some", tags={"kind": kind}
        ).model_id: kind
        for kind in "ab"
    }
    assert {model.model_id for model in client.models("")} == set(made)
    (found,) = client.models("tags.`kind` = 'b'")
    assert made[found.model_id] == "b"


def test_only_the_folders_own_database_is_its_own(store: Store, database: Path) -> None:
    assert opened(store).owned
    assert not Client(store, f"sqlite:///{database}", "never", lambda: None).owned


def test_a_database_that_nobody_finished_is_made_anew(store: Store) -> None:
    """A run that is stopped while MLflow makes its tables would leave half of them."""
    (store.folder / "mlflow.db").unlink(missing_ok=True)
    half = store.folder / ".mlflow.db.part"
    with contextlib.closing(sqlite3.connect(half)) as database, database:
        database.execute("CREATE TABLE experiments (experiment_id INTEGER)")
    assert opened(store).experiment
    assert not half.exists()
    assert MlflowClient(local_uri(store)).get_experiment_by_name("demo") is not None


def test_an_empty_database_is_made_once_and_copied_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASDBENCH_CACHE", str(tmp_path / "cache"))
    opened(Folder(tmp_path / "first").store)
    [kept] = (tmp_path / "cache").glob("mlflow-*.db")
    written = kept.stat().st_mtime_ns
    client = opened(Folder(tmp_path / "second").store)
    assert client.create("a run", {})
    assert kept.stat().st_mtime_ns == written
    kept.write_bytes(b"SQLite format 3\0 and then rubbish")
    assert opened(Folder(tmp_path / "third").store).create("a run", {})
    assert kept.stat().st_size > 10_000  # made again
