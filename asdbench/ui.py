"""MLflow's page on an output folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from asdbench.progress import console
from asdbench.results import board
from asdbench.store import Store
from asdbench.tracking import Mirror, uri_of


def serve(store: Store, port: int) -> int:
    """Bring MLflow up to date and serve its page until Ctrl-C."""
    console.print("bringing MLflow up to date ...")
    uri = uri_of(store)
    with store.claimed() as ours:
        # While a run holds the folder, its own mirror writes: this one would get in its way.
        mirror = Mirror(store, write=ours)
        mirror.finish(board(store) if ours else None)
    if mirror.problem:
        raise ValueError(f"MLflow at {uri} can't be brought up to date: {mirror.problem}")
    if not uri.startswith("sqlite"):
        console.print(f"the runs are at {uri}, experiment {mirror.experiment}")
        return 0
    page = f"http://127.0.0.1:{port}/#/experiments/{mirror.experiment}/runs"
    console.print(f"MLflow is at {page}; Ctrl-C ends it")
    command = [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", uri]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    quiet = os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    with subprocess.Popen(command, env=quiet, start_new_session=True) as server:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        try:
            return server.wait()
        finally:
            os.killpg(server.pid, signal.SIGTERM)  # the server has workers of its own
