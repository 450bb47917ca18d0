"""MLflow's page on an output folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from urllib.parse import quote

from asdbench.boards import current, write_boards
from asdbench.progress import console
from asdbench.store import Store
from asdbench.tracking import Mirror, uri_of


def serve(store: Store, port: int) -> int:
    """Bring MLflow up to date and serve its page until Ctrl-C."""
    console.print("bringing MLflow up to date ...")
    uri = uri_of(store)
    with store.claimed() as ours:
        # While a run holds the folder, its own mirror writes: this one would get in its way.
        made = current(store) if ours else None
        if made is not None:
            write_boards(store, made)
        mirror = Mirror(store, write=ours)
        mirror.finish(made)
    if mirror.problem:
        raise ValueError(f"MLflow at {uri} can't be brought up to date: {mirror.problem}")
    if not uri.startswith("sqlite"):
        console.print(f"the runs are at {uri}, experiment {mirror.experiment}")
        if uri.startswith("http"):
            console.print(f"all rows beside each other: {_compare(uri.rstrip('/'), mirror)}")
        return 0
    page = f"http://127.0.0.1:{port}"
    runs = f"{page}/#/experiments/{mirror.experiment}/runs"
    console.print(f"MLflow is at {runs}; Ctrl-C ends it")
    console.print(f"charts of all rows: {runs}?compareRunsMode=CHART")
    console.print(f"all rows beside each other: {_compare(page, mirror)}")
    command = [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", uri]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += ["--uvicorn-opts", "--log-level warning"]  # or requests would scroll it all away
    quiet = os.environ | {
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "DO_NOT_TRACK": "true",
        "MLFLOW_LOGGING_LEVEL": "WARNING",
    }
    with subprocess.Popen(command, env=quiet, start_new_session=True) as server:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        try:
            return server.wait()
        finally:
            os.killpg(server.pid, signal.SIGTERM)  # the server has workers of its own


def _compare(page: str, mirror: Mirror) -> str:
    """The address of the page that compares the rows' parent runs."""
    runs = quote(json.dumps(mirror.parents, separators=(",", ":")))
    experiments = quote(json.dumps([mirror.experiment]))
    return f"{page}/#/compare-runs?runs={runs}&experiments={experiments}"
