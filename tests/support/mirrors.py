"""MLflow for tests: databases that cost nothing to make, a real server that may be slow, a mirror
that writes from a thread, and output folders to show."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator, Mapping
from importlib import import_module
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from unittest import mock

for _name in ("MLFLOW_DISABLE_TELEMETRY", "DO_NOT_TRACK"):
    os.environ.setdefault(_name, "true")

import pytest  # noqa: E402
from filelock import FileLock  # noqa: E402
from inline import inline  # noqa: E402
from mlflow import MlflowClient  # noqa: E402
from mlflow.entities import Run  # noqa: E402
from mlflow.tracking._tracking_service import utils  # noqa: E402

import asdbench  # noqa: E402
from asdbench.results.store import Store  # noqa: E402
from asdbench.tracking.place import local_uri  # noqa: E402

CURVED = '''\
from dataclasses import dataclass
from typing import ClassVar

import numpy as np


@dataclass
class Curved:
    """How far the mean spectrum is, more or less; three epochs to look at."""

    scope: ClassVar[str] = "machine"
    first: int = 0

    def fit(self, train, context):
        for epoch in (1, 2, 3):
            context.log("train", epoch, epoch / 3, loss=1 / epoch)
        self.mean_ = train.logmel().mean(dim=(0, 2))
        self.random_ = np.random.default_rng(context.seed)

    def score(self, test):
        far = (test.logmel().mean(dim=2) - self.mean_).abs()[:, self.first :].mean(dim=1).numpy()
        return far + 4 * far.std() * self.random_.standard_normal(len(far))
'''


class ChildThread:
    """Stands for ``engines.child.Child`` where it need not be a process."""

    def __init__(self, module: str, variables: Mapping[str, str]) -> None:
        self.connection, theirs = Pipe()
        self._thread = threading.Thread(target=_serve, args=(module, theirs), daemon=True)
        self._thread.start()

    def close(self, *, wait: bool = True) -> None:
        self.connection.close()
        self._thread.join(10 if wait else 0)


def _serve(module: str, connection: Connection) -> None:
    with connection:
        import_module(module).serve(connection)


@contextlib.contextmanager
def in_a_thread() -> Iterator[None]:
    """A mirror's other end is a thread of this process, which has MLflow imported already."""
    with mock.patch("asdbench.tracking.mirror.Child", ChildThread):
        yield


def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of MLflow's with all its tables and nothing in them, to be copied."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # one for all workers: to make it takes seconds
        folder = folder.parent
    file = folder / "mlflow.db"
    with FileLock(folder / "mlflow.lock"):
        if not file.exists():
            MlflowClient(f"sqlite:///{folder}/new.db").search_experiments()
            (folder / "new.db").rename(file)
    return file


def newborn() -> None:
    """As in a process that was just started, MLflow has no memory of where a run's files are."""
    utils._artifact_repos_cache.clear()


def ran(folder: Path, methods: str = "./curved.py,knn", **asked: Any) -> Store:
    """The store of an output folder with these rows on ``folder/data``, in MLflow if asked for."""
    asked = {"data": "data", "out": "o", "repeats": 2, "experiment": "demo", **asked}
    (folder / "curved.py").write_text(CURVED)
    with contextlib.chdir(folder), inline(mirrored=asked.pop("mirrored", False)):
        asdbench.run(methods=methods, **asked)
    return Store(folder / asked["out"])


def runs_of(
    store: Store, experiment: str = "demo-data", uri: str | None = None
) -> tuple[dict[str, Run], list[Run], MlflowClient]:
    """Parents by name, without that of the board; children; and the client."""
    client = MlflowClient(uri or local_uri(store))
    found = client.get_experiment_by_name(experiment)
    assert found is not None
    runs = list(client.search_runs([found.experiment_id]))
    children = [r for r in runs if "mlflow.parentRunId" in r.data.tags]
    above = [r for r in runs if "mlflow.parentRunId" not in r.data.tags]
    parents = [r for r in above if "asdbench.board" not in r.data.tags]
    by_name = {str(r.info.run_name): r for r in parents}
    assert len(by_name) == len(parents)
    return by_name, children, client


class TrackingServer:
    """MLflow's own server on a real database; every answer takes ``delay`` seconds more."""

    def __init__(self, folder: Path) -> None:
        self.delay = 0.0
        self._closed = threading.Event()
        variables = {
            "_MLFLOW_SERVER_FILE_STORE": f"sqlite:///{folder}/mlflow.db",
            "_MLFLOW_SERVER_ARTIFACT_ROOT": (folder / "artifacts").as_uri(),
        }
        with mock.patch.dict(os.environ, variables):
            from mlflow.server import app, handlers
            from werkzeug.serving import WSGIRequestHandler, make_server

            handlers._get_tracking_store()  # it reads them once

        class Silent(WSGIRequestHandler):
            def log(self, *_: Any) -> None: ...

        def slow(environ: Any, respond: Any) -> Any:
            self._closed.wait(self.delay)
            return app(environ, respond)

        self._server = make_server("127.0.0.1", 0, slow, threaded=True, request_handler=Silent)
        self._server.daemon_threads = True
        self.uri = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._closed.set()
        self._server.shutdown()
        self._server.server_close()
