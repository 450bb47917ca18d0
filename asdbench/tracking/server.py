"""MLflow's page on an output folder."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

from asdbench.config.defaults import DEMO, PORT, RUNS
from asdbench.config.sqlite import no_stray_folder
from asdbench.results.files import current, write_boards
from asdbench.results.store import Store
from asdbench.tracking.mirror import Mirror
from asdbench.tracking.place import is_remote, uri_of, without_password
from asdbench.tracking.port import HOST, answers, check_free

_log = logging.getLogger(__name__)


def serve(out: str | Path = RUNS / DEMO, *, port: int = PORT) -> None:
    """Bring MLflow up to date with an output folder, and serve its page until it is stopped.

    With a tracking server of one's own, which has a page, its addresses are logged and that is all.

    Args:
        out: The output folder.
        port: The port of the page, on this machine.

    Raises:
        ValueError: where there are no results, the port is taken, or MLflow doesn't answer.

    Example:
        >>> import asdbench
        >>> asdbench.serve("nowhere")
        Traceback (most recent call last):
        ValueError: no results in nowhere; give --out, or make some with asdbench run
    """
    store = Store.existing(out)
    if not is_remote(uri_of(store)):
        check_free(port)
    _log.info("bringing MLflow up to date ...")
    mirror = _brought_up_to_date(store)
    if is_remote(mirror.uri):
        where = without_password(mirror.uri)
        _log.info("the runs are at %s, experiment %s", where, mirror.experiment)
        if mirror.uri.startswith("http"):
            _say_pages(mirror.uri.rstrip("/"), mirror)
        return
    page = f"http://{HOST}:{port}"
    command = [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", mirror.uri]
    command += ["--host", HOST, "--port", str(port), "--workers", "1"]
    command += ["--uvicorn-opts", "--log-level warning"]  # or requests would scroll it all away
    quiet = os.environ | {
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "DO_NOT_TRACK": "true",
        "MLFLOW_LOGGING_LEVEL": "WARNING",
        "PYTHONWARNINGS": "ignore",  # what MLflow should change isn't the reader's business
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",  # eight processes for what nobody asks of it
    }
    with (
        no_stray_folder(mirror.uri),
        subprocess.Popen(command, env=quiet, start_new_session=True) as server,
    ):
        try:
            up = answers(port, lambda: server.poll() is None)
            if up:
                _say_pages(page, mirror)
                _log.info("MLflow is at %s; Ctrl-C ends it", page)
            code = server.wait()
        finally:
            with contextlib.suppress(ProcessLookupError):  # it has ended by itself
                os.killpg(server.pid, signal.SIGTERM)  # the server has workers of its own
    if code or not up:
        raise ValueError(f"MLflow's server ended with exit code {code}; what it said is above")


def _brought_up_to_date(store: Store) -> Mirror:
    with store.claimed() as ours:
        # While a run holds the folder, its own mirror writes: this one would get in its way.
        made = current(store) if ours else None
        if made is not None:
            write_boards(store, made)
        mirror = Mirror(store, write=ours)
        mirror.finish(made)
    if mirror.problem:
        said = f"MLflow at {mirror.uri} can't be brought up to date: {mirror.problem}"
        raise ValueError(without_password(said))
    return mirror


def _say_pages(page: str, mirror: Mirror) -> None:
    """The addresses of what there is to see; of all runs, while another process writes them."""
    pages = mirror.pages or {"all runs": f"/#/experiments/{mirror.experiment}/runs"}
    for what, path in pages.items():
        _log.info("%s: %s%s", what, page, path)
