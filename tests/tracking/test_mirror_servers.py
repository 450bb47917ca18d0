"""Tracking servers that answer with errors, with half an answer, or with something else; a full
disk below the folder's own database."""

from __future__ import annotations

import socketserver
import sqlite3
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from mirrors import in_a_thread, runs_of
from sqlalchemy import event
from sqlalchemy.pool import Pool

from asdbench.results.build import board
from asdbench.results.store import Store
from asdbench.tracking import mirror
from asdbench.tracking.mirror import Mirror

JSON = b"Content-Type: application/json\r\n"
ANSWERS = {
    "500": b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\noops",
    "507": b"HTTP/1.1 507 Insufficient Storage\r\nContent-Length: 4\r\n\r\nfull",
    "half": b"HTTP/1.1 200 OK\r\n" + JSON + b'Content-Length: 900\r\n\r\n{"experiment": {"exp',
    "page": b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n<html></html>",
    "none": b"",
}


@pytest.fixture
def answering(request: pytest.FixtureRequest) -> Iterator[str]:
    """A server with one answer to everything; it closes the connection then."""
    answer = ANSWERS[request.param]

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.request.recv(65536)
            self.wfile.write(answer)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize("answering", [*ANSWERS], indirect=True)
def test_a_server_that_cannot_keep_runs_costs_seconds_and_is_named(
    store: Store, answering: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in mirror._VARIABLES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", answering)
    began = time.monotonic()
    found = brought_up_to_date(store)
    assert time.monotonic() - began < 20
    assert found.problem is not None
    assert "\n" not in found.problem
    assert len(found.problem) < 500
    assert store.read_json(mirror.MARK) is None  # so the next run tries again


def test_a_disk_that_fills_up_below_the_database_is_caught_up_with_later(store: Store) -> None:
    """What is in the database stays readable, and the next mirror goes on from there."""
    room = [(store.folder / "mlflow.db").stat().st_size // 4096 + 3]  # pages

    def hold(connection: sqlite3.Connection, *_: Any) -> None:
        connection.execute(f"PRAGMA max_page_count = {room[0]}")  # beyond: the disk is full

    event.listen(Pool, "checkout", hold)
    try:
        found = brought_up_to_date(store)
        assert found.problem is not None
        assert "disk is full" in found.problem
        assert store.read_json(mirror.MARK) is None
        room[0] = 10**9
        assert brought_up_to_date(store).problem is None
    finally:
        event.remove(Pool, "checkout", hold)
    parents, children, _ = runs_of(store)
    assert (set(parents), len(children)) == ({"curved", "knn"}, 4)


def brought_up_to_date(store: Store) -> Mirror:
    with in_a_thread():
        found = Mirror(store)
        found.finish(board(store))
    return found
