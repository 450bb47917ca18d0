"""The mirror beside a run, on real stores: what it shows, what it costs, when it gives up."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mirrors import TrackingServer, in_a_thread, ran, runs_of

from asdbench.engines.child import Child
from asdbench.engines.events import Epoch
from asdbench.results.build import board, made_from
from asdbench.results.store import Store
from asdbench.tracking import mirror
from asdbench.tracking.mirror import Mirror, up_to_date
from asdbench.tracking.trials import StudyName, TrialRecord


def test_a_run_is_mirrored_by_a_process_of_its_own_and_rebuilt_where_its_copy_is_gone(
    here: Path, database: Path
) -> None:
    """Its tables are made too, and nothing of MLflow's comes into this process."""
    (here / "o" / "mlflow.db").unlink()
    before = dict(os.environ), [logging.getLogger(n).level for n in ("mlflow", "alembic")]
    store = ran(here, mirrored=True)
    assert before == (
        dict(os.environ),
        [logging.getLogger(n).level for n in ("mlflow", "alembic")],
    )
    first, children, _ = runs_of(store)
    assert (set(first), len(children)) == ({"curved", "knn"}, 4)
    moved = store.folder.with_name("without its copy")
    store.folder.rename(moved)
    shutil.copy(database, moved / "mlflow.db")
    shutil.rmtree(moved / "mlartifacts")
    cells = {path: path.stat().st_mtime_ns for path in moved.glob("cells/*/cell.json")}
    with in_a_thread():
        store = ran(here, out="without its copy", mirrored=True)
    assert {path: path.stat().st_mtime_ns for path in cells} == cells
    again, children, client = runs_of(store)
    for label, parent in first.items():
        assert again[label].data.metrics == parent.data.metrics
    curves = [client.get_metric_history(c.info.run_id, "train/fan/loss") for c in children]
    assert sorted(len(curve) for curve in curves) == [0, 0, 3, 3]  # knn has none


def test_curves_are_live(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Epochs are written as they come, once, while cells run."""
    monkeypatch.setattr(mirror, "FLUSH", 0.0)
    seen: list[Any] = []
    shutil.rmtree(here / "o" / "cells")
    send = Mirror._send

    def noted(self: Mirror, items: Any) -> None:
        seen.extend(items)
        send(self, items)

    monkeypatch.setattr(Mirror, "_send", noted)
    with in_a_thread():
        store = ran(here, "./curved.py", repeats=1, mirrored=True)
    epochs = [item for item in seen if isinstance(item, Epoch)]
    assert len(epochs) == 2 * 3
    assert seen[-1] is None
    _, children, client = runs_of(store)
    (child,) = (run for run in children if run.data.tags["asdbench.label"] == "curved")
    for machine in ("fan", "valve"):
        curve = client.get_metric_history(child.info.run_id, f"train/{machine}/loss")
        assert [m.step for m in curve] == [1, 2, 3]


@pytest.fixture
def silent_server() -> Iterator[str]:
    """Takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def dead_server() -> str:
    """An address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize(
    ("server", "expected"),
    [("silent_server", "no answer for 1 s)"), ("dead_server", "MlflowException: API request to")],
)
def test_a_server_that_does_not_answer_costs_seconds_and_is_caught_up_with_later(
    here: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    request: pytest.FixtureRequest,
    server: str,
    expected: str,
) -> None:
    monkeypatch.setattr(mirror, "PATIENCE_WITH_SERVER", 1.0)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", request.getfixturevalue(server))
    began = time.monotonic()
    with caplog.at_level(logging.WARNING, "asdbench"):
        store = ran(here, "knn", mirrored=True)
    assert time.monotonic() - began < 60
    assert len(board(store).rows) == 2
    (said,) = caplog.messages
    assert said.startswith(f"MLflow at {os.environ['MLFLOW_TRACKING_URI']} is behind ({expected}")
    assert "; the results are safe in o: " in said
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    with in_a_thread():
        ran(here, "knn", mirrored=True)
    assert set(runs_of(store)[0]) == {"curved", "knn"}


def test_the_patience_is_that_of_the_documents() -> None:
    documents = Path(__file__).parents[2] / "docs"
    for name in ("mlflow.md", "tuning.md"):
        assert "five seconds" in (documents / name).read_text()
    assert (mirror.PATIENCE_WITH_SERVER, mirror.PATIENCE_WITH_FILE) == (5.0, 120.0)


def shown(store: Store, kind: str) -> Mirror:
    """A mirror of the run, or of a study, brought to its end."""
    study = StudyName("demo", f"demo-{store.folder.parent.name}", "knn")
    found = Mirror(store, study=study if kind == "study" else None)
    if kind == "run":
        found.finish(board(store))
    else:
        trials = [TrialRecord(n, "COMPLETE", 0.5, {"k": n}, {}) for n in range(4)]
        found.finish(trials=trials, files=[store.folder / "test-sets.json"])
    return found


@pytest.mark.parametrize("kind", ["run", "study"])
def test_a_slow_server_is_waited_for_while_it_moves(
    store: Store,
    server: TrackingServer,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    """Longer in all than the patience with a server that is silent."""
    for record in store.rows():
        store.keep_row({**record, "repeats": record["repeats"][:1]})
    (store.folder / "rows" / "curved.json").unlink()
    monkeypatch.setattr(mirror, "PATIENCE_WITH_SERVER", 3.0)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server.uri)
    monkeypatch.setattr(server, "delay", 0.2)
    began = time.monotonic()
    with in_a_thread():
        found = shown(store, kind)
    assert found.problem is None
    assert time.monotonic() - began > 3.0
    assert found.experiment is not None


@pytest.mark.parametrize("kind", ["run", "study"])
def test_a_server_that_falls_silent_is_left(
    store: Store, server: TrackingServer, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(mirror, "PATIENCE_WITH_SERVER", 1.0)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server.uri)
    monkeypatch.setattr(server, "delay", 1e3)
    began = time.monotonic()
    with in_a_thread():
        found = shown(store, kind)
    assert found.problem == "no answer for 1 s"
    assert time.monotonic() - began < 10


def test_a_server_that_fell_silent_during_the_run_is_left_at_its_end(
    store: Store, silent_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though nothing has come from it since ``finish`` began."""
    monkeypatch.setattr(mirror, "PATIENCE_WITH_SERVER", 1.0)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", silent_server)
    with in_a_thread():
        found = Mirror(store)
        assert found._child.connection.poll(30)
        found.show(())  # takes note that MLflow is imported
        assert not found._child.connection.poll()
        began = time.monotonic()
        found.finish(board(store))
    assert found.problem == "no answer for 1 s"
    assert time.monotonic() - began < 10


def test_a_process_that_dies_is_a_problem_and_no_more(store: Store) -> None:
    found = Mirror(store)
    assert isinstance(found._child, Child)
    os.kill(found._child.process.pid, signal.SIGKILL)
    found.finish(board(store))
    assert found.problem == "its process ended"
    assert store.read_json(mirror.MARK) is None
    found.show(())
    found.close()


def test_what_a_mirror_shows_is_known_without_asking_it(
    store: Store, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = made_from(store)
    assert not up_to_date(store, now)
    with in_a_thread():
        Mirror(store).finish(board(store))
    assert up_to_date(store, now)
    assert not up_to_date(store, "of another board")
    shutil.copytree(store.folder, store.folder.with_name("copy"))
    assert not up_to_date(Store(store.folder.with_name("copy")), now)
    with monkeypatch.context() as patched, in_a_thread():
        patched.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{store.folder.parent}/shared.db")
        shutil.copy(database, store.folder.parent / "shared.db")
        assert not up_to_date(store, now)
        patched.chdir(store.folder.parent)  # where MLflow puts files that have no place
        Mirror(store).finish(board(store))
        assert up_to_date(store, now)
        shutil.copytree(store.folder, store.folder.with_name("second copy"))
        assert not up_to_date(Store(store.folder.with_name("second copy")), now)
    with in_a_thread():
        Mirror(store).finish(board(store))
    assert up_to_date(store, now)
    (store.folder / "mlflow.db").unlink()
    assert not up_to_date(store, now)
