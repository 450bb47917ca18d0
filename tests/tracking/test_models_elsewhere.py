"""A row's model in other processes: loaded, registered, and served over HTTP, by MLflow alone."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from logged_models import log_models, models_of
from processes import wait_for
from recorded import RATE, sound

import asdbench
from asdbench.results.store import Store
from asdbench.tracking.place import local_uri

LOAD = """
import json, sys
import mlflow, pandas
from mlflow import MlflowClient
address, asked = sys.argv[1], pandas.DataFrame(**json.load(open(sys.argv[2])))
def scores(address):
    return mlflow.pyfunc.load_model(address).predict(asked)["score"].tolist()
by_id = scores(address)
version = mlflow.register_model(address, "ours")
client = MlflowClient()
client.delete_logged_model(address.removeprefix("models:/"))
print(json.dumps([by_id, version.version, scores("models:/ours/1")]))
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, run_once: Path, database: Path) -> Store:
    """A folder whose rows are in MLflow."""
    folder = tmp_path_factory.mktemp("elsewhere") / "o"
    shutil.copytree(run_once / "o", folder)
    shutil.copy(database, folder / "mlflow.db")
    log_models(Store(folder))
    return Store(folder)


@pytest.fixture(scope="module")
def asked() -> dict[str, Any]:
    """Two recordings, as JSON has a table."""
    waves = [(sound("fan", "00", ill, 50) / 32768).tolist() for ill in (False, True)]
    rows = [[wave, RATE, "fan", "00"] for wave in waves]
    return {"columns": ["samples", "rate", "machine", "id"], "data": rows}


@pytest.fixture(scope="module")
def expected(store: Store, asked: dict[str, Any], tmp_path_factory: Any) -> list[float | None]:
    """What a detector of the same row makes of them."""
    to = tmp_path_factory.mktemp("made") / "detector"
    asdbench.make_detector("knn", store.folder, to=to)
    detector = asdbench.load_detector(to)
    return [
        detector.score(samples, rate, machine=machine, id=id_).score
        for samples, rate, machine, id_ in asked["data"]
    ]


def around(store: Store, folder: Path) -> dict[str, Any]:
    """Where a user of MLflow's is: elsewhere, in the same environment, with the store's address."""
    own = {"MLFLOW_TRACKING_URI": local_uri(store), "MLFLOW_DISABLE_TELEMETRY": "true"}
    own["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # activated
    return {"cwd": folder, "env": os.environ | own}


@pytest.fixture
def served(store: Store, tmp_path: Path) -> Iterator[str]:
    """The address of ``mlflow models serve``, once it answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    model = models_of(store)["knn"]
    command = [sys.executable, "-m", "mlflow", "models", "serve", "--env-manager", "local"]
    command += ["-m", f"models:/{model.model_id}", "--host", "127.0.0.1", "--port", str(port)]
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command, start_new_session=True, **around(store, tmp_path)) as server:

        def answers() -> bool:
            assert server.poll() is None
            try:
                return bool(urllib.request.urlopen(f"{address}/ping", timeout=5))
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                return False

        try:
            wait_for(answers, 120)
            yield address
        finally:
            os.killpg(server.pid, signal.SIGTERM)


def invoked(address: str, table: dict[str, Any]) -> Any:
    body = json.dumps({"dataframe_split": table}).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{address}/invocations", body, headers)
    return json.loads(urllib.request.urlopen(request, timeout=60).read())


def test_it_is_served(served: str, asked: dict[str, Any], expected: list[float | None]) -> None:
    found = invoked(served, asked)["predictions"]
    assert [row["score"] for row in found] == expected
    assert all(isinstance(row["alarm"], bool) for row in found)
    silent = {**asked, "data": [[[0.0] * RATE, RATE, "fan", "00"]]}
    (row,) = invoked(served, silent)["predictions"]
    assert (row["score"], row["alarm"]) == (None, None)
    assert row["warnings"].startswith("silent")
    strange = {**asked, "data": [*asked["data"], [[0.1], RATE, "boat", "00"]]}
    with pytest.raises(urllib.error.HTTPError) as refused:
        invoked(served, strange)
    assert refused.value.code == 400
    assert "row 2: no machine type 'boat'" in refused.value.read().decode()


def test_it_is_loaded_and_registered_by_another_process_and_outlives_its_row(
    store: Store, asked: dict[str, Any], expected: list[float | None], tmp_path: Path
) -> None:
    (tmp_path / "asked.json").write_text(json.dumps(asked))
    address = f"models:/{models_of(store)['knn'].model_id}"
    command = [sys.executable, "-c", LOAD, address, "asked.json"]
    done = subprocess.run(command, capture_output=True, text=True, **around(store, tmp_path))
    assert done.returncode == 0, done.stderr
    by_id, version, by_name = json.loads(done.stdout.splitlines()[-1])
    assert by_id == by_name == expected
    assert int(version) == 1
