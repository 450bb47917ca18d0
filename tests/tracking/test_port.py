"""The port of MLflow's page: who has it, by real servers that listen there."""

from __future__ import annotations

import http.server
import re
import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from mirrors import TrackingServer
from mlflow import MlflowClient

from asdbench.results.store import Store
from asdbench.tracking.client import Client
from asdbench.tracking.place import local_uri
from asdbench.tracking.port import HOST, check_free


def said(port: int) -> str:
    with pytest.raises(ValueError, match=f"^(port {port} |--port {port}:)") as error:
        check_free(port)
    return str(error.value)


@pytest.fixture
def other() -> Iterator[int]:
    """A web server that is no MLflow."""

    class Silent(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

    server = http.server.HTTPServer((HOST, 0), Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_a_port_that_is_free_is_no_trouble_and_one_that_none_is_is_said() -> None:
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    check_free(port)
    assert "ports go from 1 to 65535" in said(65536)
    assert "ports go from 1 to 65535" in said(0)


def test_another_program_is_told_from_mlflow_and_a_port_that_is_free_is_named(other: int) -> None:
    text = said(other)
    assert f"port {other} is taken by another program, which isn't MLflow; choose another" in text
    (port,) = re.findall(r"--port (\d+)", text)
    check_free(int(port))


def test_a_program_that_says_nothing_is_waited_for_briefly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("asdbench.tracking.port.PATIENCE", 0.2)
    with socket.create_server((HOST, 0)) as silent:
        assert "is taken by another program, which isn't MLflow" in said(silent.getsockname()[1])


def test_mlflows_page_says_which_output_folder_it_is_of(
    store: Store, server: TrackingServer, here: Path
) -> None:
    """The server has experiments of this folder, as that of ``asdbench ui`` has."""
    port = int(server.uri.rpartition(":")[2])
    MlflowClient(server.uri).create_experiment("of nobody's folder")
    assert f"is taken by another MLflow, which is at {server.uri}" in said(port)
    Client(store, local_uri(store), "demo-data", lambda: None)
    (mine,) = MlflowClient(local_uri(store)).search_experiments(filter_string="name = 'demo-data'")
    MlflowClient(server.uri).create_experiment("mine", artifact_location=mine.artifact_location)
    text = said(port)
    folder = store.folder.resolve()
    assert f"is taken by asdbench ui of {folder}, which is at {server.uri}" in text
    shutil.rmtree(here)  # a folder that is gone is nobody's
    assert "another MLflow" in said(port)
