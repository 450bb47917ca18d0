"""A run talks to nobody that it wasn't asked to: every process of it is listened to."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from asdbench.tracking.port import HOST

ROOT = Path(__file__).parents[1]
EARS = """
import os, sys
def heard(event, arguments):
    if event in ("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo"):
        place = arguments[0] if event == "socket.getaddrinfo" else arguments[1]
        if isinstance(place, (str, bytes)) and event != "socket.getaddrinfo":
            return  # a socket in the file system
        if (event, place) == ("socket.bind", ("::1", 0)):
            return  # urllib3, as it is imported, finds out whether there is IPv6
        with open(os.path.join(os.environ["EARS"], f"heard-{os.getpid()}"), "a") as file:
            file.write(f"{event} {arguments[1:]} {sys.argv}\\n")
with open(os.path.join(os.environ["EARS"], f"listens-{os.getpid()}"), "w") as file:
    file.write(repr(sys.orig_argv))
os.register_at_fork(after_in_child=lambda: open(
    os.path.join(os.environ["EARS"], f"listens-{os.getpid()}"), "w").close())
sys.addaudithook(heard)
"""


def listened_to(folder: Path, *command: str) -> list[str]:
    """What sockets a command and all processes below it opened towards a network."""
    (folder / "ears").mkdir()
    (folder / "sitecustomize.py").write_text(EARS)
    around = {
        "PYTHONPATH": str(folder),
        "EARS": str(folder / "ears"),
        "ASDBENCH_CACHE": str(folder / "cache"),  # none is there: MLflow's tables are made too
    }
    env = {name: value for name, value in os.environ.items() if name != "MLFLOW_TRACKING_URI"}
    done = subprocess.run(
        [sys.executable, *command], cwd=folder, env=env | around, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return [line for file in (folder / "ears").glob("heard-*") for line in file.open()]


def test_a_run_opens_no_socket(wav_tree: Callable[..., Path], tmp_path: Path) -> None:
    words = ("run", "--data", str(wav_tree()), "--methods", "knn", "--repeats", "1", "--out", "o")
    assert listened_to(tmp_path, "-m", "asdbench", *words) == []
    assert len(list((tmp_path / "ears").glob("listens-*"))) >= 4  # command, server, worker, mirror
    assert (tmp_path / "o" / "mirrored.json").exists()


def test_the_ears_hear(tmp_path: Path) -> None:
    code = "import socket; socket.socket().bind(('127.0.0.1', 0))"
    [heard] = listened_to(tmp_path, "-c", code)
    assert heard.startswith("socket.bind (('127.0.0.1', 0),)")


def test_what_is_served_is_served_to_this_machine_alone() -> None:
    assert HOST == "127.0.0.1"
    places = [
        f"{path.relative_to(ROOT)}"
        for path in sorted((ROOT / "asdbench").rglob("*.py"))
        if "0.0.0.0" in path.read_text(encoding="utf-8")
    ]
    assert places == []
