"""A real Ray cluster of two nodes, one without the other's disk, and one of them lost."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from asdbench import cli

Nodes = Callable[[Path], "Cluster"]


class Cluster:
    """Head and a second node, one CPU each, on this machine; ``out`` is hidden from the second."""

    def __init__(self, folder: Path, out: Path) -> None:
        self.cache = folder / "other-cache"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        self.environment = os.environ | {
            "RAY_ADDRESS": self.address,
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN": secrets.token_hex(32),
            "RAY_USAGE_STATS_ENABLED": "0",
        }
        port = self.address.partition(":")[2]
        ray = str(Path(sys.executable).with_name("ray"))
        # A Unix socket's path has at most 107 bytes.
        self._sockets = tempfile.mkdtemp(prefix="ray")
        common = ["--num-cpus=1", "--block"]
        head = [ray, "start", "--head", f"--port={port}", "--include-dashboard=false", *common]
        self._nodes = [self._started([*head, f"--temp-dir={self._sockets}"], folder / "head.txt")]
        out.mkdir(parents=True, exist_ok=True)
        second = [ray, "start", f"--address={self.address}", *common]
        if os.geteuid() == 0:  # what it mounts, it alone sees
            hidden = f'mount -t tmpfs none "{out}" && exec "$@"'
            second = ["unshare", "--mount", "sh", "-c", hidden, "sh", *second]
        own = {"ASDBENCH_CACHE": str(self.cache)}
        self._nodes.append(self._started(second, folder / "second.txt", own))

    def lose_second(self) -> None:
        """Kill all of the second node at once, as when a machine loses its power."""
        os.killpg(self._nodes.pop().pid, signal.SIGKILL)

    def stop(self) -> None:
        for node in self._nodes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(node.pid, signal.SIGKILL)
        shutil.rmtree(self._sockets, ignore_errors=True)

    def _started(
        self, command: list[str], log: Path, more: dict[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        environment = self.environment | (more or {})
        environment.pop("RAY_ADDRESS")
        with open(log, "wb") as file:
            node = subprocess.Popen(
                command, stdout=file, stderr=file, env=environment, start_new_session=True
            )
        deadline = time.monotonic() + 60
        while "Ray runtime started" not in log.read_text():
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        return node


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    started: list[Cluster] = []

    def start(out: Path) -> Cluster:
        started.append(Cluster(tmp_path, out))
        return started[0]

    yield start
    for cluster in started:
        cluster.stop()


def scores(out: Path) -> dict[str, bytes]:
    return {path.parent.name: path.read_bytes() for path in out.glob("cells/*/scores.csv")}


@pytest.mark.parametrize(
    "experiment", ["smoke", pytest.param("demo", marks=pytest.mark.slow)], ids=str
)
def test_a_node_is_lost_in_the_middle_and_the_scores_are_those_of_one_machine(
    experiment: str, tmp_path: Path, nodes: Nodes
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    command = [sys.executable, "-m", "asdbench", "run", experiment, "--out"]
    subprocess.run([*command, here], check=True, capture_output=True)
    cluster = nodes(there)
    run = subprocess.Popen(
        [*command, there, "--engine", "ray"],
        env=cluster.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    shared = os.geteuid() != 0
    begun = (there / "scratch").glob if shared else (cluster.cache / "ray" / "scratch").glob
    deadline = time.monotonic() + 120
    while not list(begun("*/*")):  # a cell's checkpoints
        assert run.poll() is None, run.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    cluster.lose_second()
    output, said = run.communicate(timeout=900)
    assert run.returncode == 0, said
    assert "on Ray (2 nodes)" in said
    assert "lost, so it runs again" in said
    assert scores(there) == scores(here)
    assert "knn" in output
    assert [path.suffix for path in cluster.cache.glob("*.bank")], "no clips came to the node"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1:9", "no Ray cluster answers at 127.0.0.1:9"),
        ("ray://somewhere:10001", "a client's address"),
    ],
)
def test_a_cluster_that_is_not_there_is_said_at_once(
    address: str,
    expected: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("RAY_ADDRESS", address)
    argv = ["asdbench", "run", "smoke", "--engine", "ray", "--out", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", argv)
    began = time.monotonic()
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert expected in said
    assert said.count("\n") == 1
    assert time.monotonic() - began < 20


def test_without_ray_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    argv = ["asdbench", "tune", "knn", "smoke", "--engine", "ray", "--out", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", argv)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert "pip install 'asdbench[ray]'" in capsys.readouterr().err
