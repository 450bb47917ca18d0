"""The port of MLflow's page: whether it can be had, and who has it otherwise."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable
from itertools import count, islice
from pathlib import Path
from urllib.parse import unquote, urlsplit

import requests

from asdbench.tracking.place import ARTIFACTS

HOST = "127.0.0.1"
HIGHEST = 65535
PATIENCE = 2.0  # seconds for whoever listens there to say what it is
PAUSE = 0.1  # seconds until it is tried again
TRIED = 100  # ports, for one that is free


def check_free(port: int) -> None:
    """Raise ``ValueError`` where a port can't be had: who has it, and one that can be."""
    if not 0 < port <= HIGHEST:
        raise ValueError(f"--port {port}: ports go from 1 to {HIGHEST}")
    problem = _problem(port)
    if problem:
        reason = _who(port) or f"can't be used ({problem})"
        raise ValueError(f"port {port} {reason}; {_another(port)}")


def answers(port: int, expected: Callable[[], bool]) -> bool:
    """Wait until something listens there, as long as it is to be ``expected``; whether it does."""
    while expected():
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), PATIENCE):
            return True
        time.sleep(PAUSE)
    return False


def _problem(port: int) -> str | None:
    """Why nobody can listen there; None where somebody can."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            return error.strerror
    return None


def _who(port: int) -> str | None:
    """Who answers there: MLflow's page on which output folder, or something else."""
    page = f"http://{HOST}:{port}"
    try:
        with requests.Session() as session:
            session.trust_env = False  # no proxy: it is this machine
            found = session.get(
                f"{page}/api/2.0/mlflow/experiments/search",
                params={"max_results": 100},
                timeout=PATIENCE,
            )
        experiments = found.json()["experiments"]
    except requests.ConnectionError:
        return None
    except (requests.RequestException, ValueError, LookupError, TypeError):
        return "is taken by another program, which isn't MLflow"
    for folder in filter(None, map(_folder_of, experiments)):
        return f"is taken by asdbench ui of {folder}, which is at {page}"
    return f"is taken by another MLflow, which is at {page}"


def _folder_of(experiment: dict[str, object]) -> Path | None:
    """The output folder whose own database has this experiment, if it is one's."""
    place = Path(unquote(urlsplit(str(experiment.get("artifact_location"))).path))
    return place.parent if place.name == ARTIFACTS and (place.parent / "rows").is_dir() else None


def _another(port: int) -> str:
    """The nearest port above that is free."""
    ports = islice(count(port + 1), min(TRIED, HIGHEST - port))
    free = next((one for one in ports if _problem(one) is None), None)
    return f"choose another, as --port {free}" if free else "choose another with --port"
