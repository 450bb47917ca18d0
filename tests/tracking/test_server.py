"""MLflow's page on an output folder: what is brought up to date, and what is said where."""

from __future__ import annotations

import json
import logging
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from mirrors import TrackingServer, in_a_thread, runs_of

from asdbench import cli
from asdbench.results.store import Store
from asdbench.tracking import server as page
from asdbench.tracking.port import HOST
from asdbench.tracking.server import serve


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.create_server((HOST, 0)) as listening:
        yield listening.getsockname()[1]


@pytest.mark.parametrize(
    ("port", "expected"),
    [
        (None, "is taken by another program, which isn't MLflow; choose another, as --port "),
        (65536, "--port 65536: ports go from 1 to 65535"),
    ],
)
def test_a_port_that_cannot_be_had_is_said_in_one_line_and_at_once(
    store: Store,
    taken: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    port: int | None,
    expected: str,
) -> None:
    """Before MLflow is brought up to date, which may take a while."""
    words = ["ui", "--out", str(store.folder), "--port", str(port or taken)]
    monkeypatch.setattr(sys, "argv", ["asdbench", *words])
    with (
        mock.patch("asdbench.tracking.server.Mirror", side_effect=AssertionError),
        mock.patch("signal.signal"),
        pytest.raises(SystemExit) as ended,
    ):
        cli.main()
    assert ended.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("asdbench: ")
    assert expected in line


def test_a_folder_without_results_is_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no results in"):
        serve(tmp_path / "nothing")


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Commands that would have served a page, none of which is run."""
    commands: list[list[str]] = []
    real = subprocess.Popen

    def ended(command: list[str], **options: object) -> subprocess.Popen[bytes]:
        commands.append(command)
        port = command[command.index("--port") + 1]
        program = f"import socket; socket.create_server(('127.0.0.1', {port})).accept()"
        return real([sys.executable, "-c", program], start_new_session=True)

    monkeypatch.setattr(page.subprocess, "Popen", ended)
    return commands


def test_it_brings_mlflow_up_to_date_and_says_where_the_rows_are(
    store: Store, started: list[list[str]], caplog: pytest.LogCaptureFixture
) -> None:
    with in_a_thread(), caplog.at_level(logging.INFO, "asdbench"):
        serve(store.folder, port=5123)
    _, children, client = runs_of(store)
    assert {run.info.status for run in children} == {"FINISHED"}
    assert (store.folder / "leaderboard.html").exists()
    experiment = client.get_experiment_by_name("demo-data").experiment_id
    said = dict(
        re.findall(r"^(.*): http://127\.0\.0\.1:5123(/\S+)$", "\n".join(caplog.messages), re.M)
    )
    runs = f"/#/experiments/{experiment}/runs"
    assert said["all rows and their figures"].startswith(f"{runs}?compareRunsMode=TABLE&")
    assert said["rows side by side"].startswith(f"{runs}?compareRunsMode=CHART&")
    (leading,) = client.search_runs([experiment], "attributes.run_name = 'leaderboard'")
    page = f"{runs}/{leading.info.run_id}/artifacts/leaderboard.html"
    assert said["the leaderboard"] == page
    assert len(said) == 4
    assert "MLflow is at http://127.0.0.1:5123; Ctrl-C ends it" in caplog.messages
    (command,) = started
    assert command[command.index("--port") + 1] == "5123"
    assert command[command.index("--backend-store-uri") + 1] == (
        f"sqlite:///{store.folder}/mlflow.db"
    )


def test_a_server_that_ends_by_itself_is_an_error(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = subprocess.Popen

    def failing(_: list[str], **options: object) -> subprocess.Popen[bytes]:
        return real([sys.executable, "-c", "raise SystemExit(3)"], start_new_session=True)

    monkeypatch.setattr(page.subprocess, "Popen", failing)
    with in_a_thread(), pytest.raises(ValueError, match="ended with exit code 3; what it said"):
        serve(store.folder)


def test_with_a_server_of_ones_own_its_addresses_are_said_and_that_is_all(
    store: Store,
    server: TrackingServer,
    taken: int,
    started: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Its own port is not asked for, so it may be taken."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"{server.uri}/")
    with in_a_thread(), caplog.at_level(logging.INFO, "asdbench"):
        serve(store.folder, port=taken)
    assert started == []
    assert any(line.startswith(f"the runs are at {server.uri}") for line in caplog.messages)
    folder = json.loads((store.folder / "folder.json").read_text())["id"]
    mine = [line for line in caplog.messages if f"-{folder[:8]}" in line]
    assert [line.partition(": ")[0] for line in mine] == [
        *("all rows and their figures", "charts, and a box of each row's repeats"),
        "rows side by side",
    ]
    assert all(f"{server.uri}/#/experiments/" in line for line in mine)


def test_beside_a_run_it_shows_what_there_is_and_writes_nothing(
    store: Store, started: list[list[str]], caplog: pytest.LogCaptureFixture
) -> None:
    """The run's own mirror does, and this one would get in its way."""
    other = Store(store.folder)
    before = {p: p.stat().st_mtime_ns for p in store.folder.glob("*") if p.suffix != ".db"}
    with other.claimed() as ours, in_a_thread(), caplog.at_level(logging.INFO, "asdbench"):
        assert ours
        serve(store.folder)
    assert any(line.startswith("all runs: http://") for line in caplog.messages)
    assert len(started) == 1
    parents, children, _ = runs_of(store)
    assert (parents, children) == ({}, [])
    assert {p: p.stat().st_mtime_ns for p in before} == before
    assert not (store.folder / "folder.json").exists()


def test_an_mlflow_that_cannot_be_asked_is_said(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    (store.folder / "mlflow.db").write_text("this is no database")
    with in_a_thread(), pytest.raises(ValueError, match="can't be brought up to date: "):
        serve(store.folder)
