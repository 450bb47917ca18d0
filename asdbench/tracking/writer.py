"""The process that writes to MLflow: it asks for more until it is told that there is none."""

from __future__ import annotations

import contextlib
import logging
from multiprocessing.connection import Connection
from textwrap import shorten
from typing import Any

from asdbench.engines.child import importing
from asdbench.results.store import Store

MOST = 800  # letters of a problem: it ends in what to do


def serve(driver: Connection) -> None:
    """Write what comes through the pipe; a problem ends it, and is said."""
    try:
        _write(driver)
    except Exception as error:  # noqa: BLE001 - whatever a tracking server does, the run goes on
        ours = isinstance(error, ValueError)  # which says all itself
        said = str(error) if ours else f"{type(error).__name__}: {error}"
        text = shorten(said, MOST, placeholder=" ...")
        with contextlib.suppress(OSError):  # the driver may have gone, and that's the problem
            driver.send(("problem", text))


def _write(driver: Connection) -> None:
    with importing():
        from asdbench.tracking.runs import Runs
        from asdbench.tracking.study_runs import StudyRuns

    for name in ("mlflow", "alembic"):  # they set their own levels while they are imported
        logging.getLogger(name).setLevel(logging.WARNING)

    def moved() -> None:
        driver.send(("moved", None))

    folder, uri, name, study = driver.recv()
    moved()
    store = Store(folder)
    runs = StudyRuns(store, uri, study, name, moved) if study else Runs(store, uri, name, moved)
    driver.send(("known", (runs.experiment, runs.pages)))
    items: list[Any] = []
    while None not in items:
        driver.send(("more", None))
        items = driver.recv()
        runs.write([item for item in items if item is not None])
        driver.send(("known", (runs.experiment, runs.pages)))
    driver.send(("end", None))
