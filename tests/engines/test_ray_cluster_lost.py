"""A real Ray cluster: a node without the other's disk joins late and is lost; the head is lost."""

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
from commands import asdbench, one_line, scores, started
from inline import inline
from processes import wait_for
from waiting import waits_in

from asdbench.config.seeds import derive
from asdbench.engines import ray_cluster

Nodes = Callable[[Path], "Cluster"]
# A node is asked for a sign of life every so often, and is lost when it gives none: in Ray, that
# takes half a minute.
WATCHFUL = {
    "RAY_health_check_initial_delay_ms": "0",
    "RAY_health_check_period_ms": "200",
    "RAY_health_check_timeout_ms": "2000",
    "RAY_health_check_failure_threshold": "5",
}


class Cluster:
    """A head on this machine, and when it is asked for a second node that sees no ``out``.

    They have one CPU each.
    """

    def __init__(self, folder: Path, out: Path) -> None:
        self.cache = folder / "other-cache"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.environment = os.environ | {
            "RAY_ADDRESS": f"127.0.0.1:{port}",
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN": secrets.token_hex(32),
            "RAY_USAGE_STATS_ENABLED": "0",
            **WATCHFUL,
        }
        ray = str(Path(sys.executable).with_name("ray"))
        # A Unix socket's path has at most 107 bytes.
        self._sockets = tempfile.mkdtemp(prefix="ray")
        common = ["--num-cpus=1", "--block"]
        self._second = [ray, "start", f"--address=127.0.0.1:{port}", *common]
        head = [ray, "start", "--head", f"--port={port}", "--include-dashboard=false", *common]
        self._folder, self._out = folder, out
        self._nodes: list[subprocess.Popen[bytes]] = []
        self._begin([*head, f"--temp-dir={self._sockets}"], "head.txt")
        out.mkdir(parents=True, exist_ok=True)

    def join(self) -> None:
        """Start the second node."""
        second = self._second
        if os.geteuid() == 0:  # what it mounts, it alone sees
            hidden = f'mount -t tmpfs none "{self._out}" && exec "$@"'
            second = ["unshare", "--mount", "sh", "-c", hidden, "sh", *second]
        self._begin(second, "second.txt", {"ASDBENCH_CACHE": str(self.cache)})

    def lose_newest(self) -> None:
        """Kill all of a node at once, as when a machine loses its power."""
        os.killpg(self._nodes.pop().pid, signal.SIGKILL)

    def stop(self) -> None:
        for node in self._nodes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(node.pid, signal.SIGKILL)
        shutil.rmtree(self._sockets, ignore_errors=True)

    def _begin(self, command: list[str], log: str, more: dict[str, str] | None = None) -> None:
        environment = self.environment | (more or {})
        environment.pop("RAY_ADDRESS")
        with open(self._folder / log, "wb") as file:
            self._nodes.append(
                subprocess.Popen(
                    command, stdout=file, stderr=file, env=environment, start_new_session=True
                )
            )
        wait_for(lambda: "Ray runtime started" in (self._folder / log).read_text())


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    pytest.importorskip("ray")
    started: list[Cluster] = []

    def start(out: Path) -> Cluster:
        started.append(Cluster(tmp_path, out))
        return started[0]

    yield start
    for cluster in started:
        cluster.stop()


Begun = Callable[[Path, Path], object]  # whether it is time, by the scratch folders of both nodes


def _files(folder: Path) -> list[str]:
    """The names of all files in a folder, though some go meanwhile."""
    return [name for _, _, names in os.walk(folder) for name in names]


def assert_same_scores_without_a_node(
    folder: Path, nodes: Nodes, words: list[object], begun: Begun
) -> None:
    """Runs on a cluster, which gets a node and loses it, and compares with a run in this process.

    What was lost is said; then cells that wait go on.
    """
    here, there = folder / "here", folder / "there"
    cluster = nodes(there)
    scratch = there / "scratch", cluster.cache / "ray" / "scratch"
    words = ["run", *words, "--repeats", 2, "--device", "cpu", "--out"]
    with started(*words, there, "--engine", "ray", at=folder, env=cluster.environment) as run:
        assert run.stderr is not None
        wait_for(lambda: _files(there / "scratch") or run.poll() is not None, 120)
        cluster.join()
        wait_for(lambda: begun(*scratch) or run.poll() is not None, 120)
        assert run.poll() is None, run.communicate()
        cluster.lose_newest()
        said = ""
        for line in run.stderr:
            said += line
            if "lost, so it runs again" in line:
                (folder / "go").touch()
        assert run.wait() == 0, said
    assert "on Ray (1 node)" in said
    assert "lost, so it runs again" in said
    assert [path.suffix for path in cluster.cache.glob("*.bank")], "no clips came to the node"
    with inline():
        assert asdbench(*words, here, at=folder) == 0
    assert len(scores(here)) >= 6
    assert scores(there) == scores(here)


def test_a_node_joins_late_and_is_lost_in_the_middle_and_the_scores_are_those_of_one_machine(
    tmp_path: Path, nodes: Nodes
) -> None:
    waits_in(tmp_path)
    words: list[object] = ["smoke", "--methods", "./waits.py,knn"]
    words += ["--set", f"waits.until={tmp_path / 'go'}"]

    def begun(head: Path, second: Path) -> bool:
        return [*_files(head), *_files(second)].count("begun") == 2  # one on each node

    assert_same_scores_without_a_node(tmp_path, nodes, words, begun)


def test_the_head_is_lost_and_the_same_command_goes_on(
    tmp_path: Path, nodes: Nodes, capsys: pytest.CaptureFixture[str]
) -> None:
    waits_in(tmp_path)
    out = tmp_path / "out"
    cluster = nodes(out)
    words: list[object] = ["run", "smoke", "--methods", "./waits.py", "--repeats", 2, "--out", out]
    words += ["--set", f"waits.until={tmp_path / 'go'}", "--set", f"waits.seed={derive(0, 1)}"]
    words += ["--device", "cpu"]
    on_ray = [*words, "--engine", "ray"]
    with started(*on_ray, at=tmp_path, env=cluster.environment, module="impatient") as run:
        wait_for(lambda: scores(out) or run.poll() is not None, 120)
        wait_for(lambda: "begun" in _files(out / "scratch") or run.poll() is not None)
        kept = scores(out)
        cluster.lose_newest()
        _, said = run.communicate(timeout=240)
    assert run.returncode == 2
    port = cluster.environment["RAY_ADDRESS"].partition(":")[2]
    assert f":{port}, is lost: it hasn't answered for" in said
    assert "what is done is kept: start the cluster again, and the same command goes on" in said
    assert len(kept) == 1
    (tmp_path / "go").touch()
    with inline():
        assert asdbench(*words, at=tmp_path) == 0
    assert kept.items() < scores(out).items()


@pytest.mark.slow
def test_a_node_is_lost_while_a_network_is_trained(tmp_path: Path, nodes: Nodes) -> None:
    shared = os.geteuid() != 0

    def begun(head: Path, second: Path) -> list[str]:
        return _files(head if shared else second)  # a cell's checkpoints

    assert_same_scores_without_a_node(tmp_path, nodes, ["demo"], begun)


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
    pytest.importorskip("ray")
    monkeypatch.setenv("RAY_ADDRESS", address)
    began = time.monotonic()
    assert asdbench("run", "smoke", "--engine", "ray", "--out", tmp_path) == 2
    assert expected in one_line(capsys)
    assert time.monotonic() - began < 20


def test_without_ray_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    assert asdbench("tune", "knn", "smoke", "--engine", "ray", "--out", tmp_path) == 2
    assert "pip install 'asdbench[ray]'" in one_line(capsys)
    with pytest.raises(ValueError, match="--engine ray needs Ray"):
        ray_cluster.connect()
