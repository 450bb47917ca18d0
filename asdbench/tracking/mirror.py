"""Mirror a run or a study into MLflow, by a process of its own.

A tracking server that is dead or dies costs seconds, not the benchmark: what the process can't do
now, the next run does, or ``asdbench ui``. MLflow is imported there and nowhere else, so that its
environment and log levels aren't the caller's.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from asdbench.config.sqlite import sqlite_path
from asdbench.engines.child import Child
from asdbench.engines.events import CellEvent, Epoch
from asdbench.evaluation import Board
from asdbench.results.store import Store
from asdbench.tracking.place import folder_name, is_remote, place_of, uri_of
from asdbench.tracking.trials import StudyName, TrialRecord

# Seconds without progress after which the mirror is left for another time. A server answers at once
# or not at all; a file on a busy machine may take its time.
PATIENCE_WITH_SERVER, PATIENCE_WITH_FILE = 5.0, 120.0
FLUSH = 1.0  # seconds between two batches of live curves
MARK = "mirrored.json"
_VARIABLES = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "5",
}


def up_to_date(store: Store, made_from: str) -> bool:
    """Whether the mirror shows a board made from this already, as far as can be told offline."""
    uri = uri_of(store)
    if (file := sqlite_path(uri)) and not file.exists():
        return False
    return store.read_json(MARK) == _mark(store, made_from)


def _mark(store: Store, made_from: str) -> dict[str, str]:
    """What the mirror shows: which board, where, and of which folder, since a copy is another."""
    return {"uri": uri_of(store), "place": place_of(store), "made_from": made_from}


class Mirror:
    """The process that writes to MLflow, seen from the driver. ``problem`` says why it stopped.

    It mirrors the rows of a store, or, if one is given, a study. Without ``write`` it only looks
    up the experiment. ``experiment`` is MLflow's ID of the benchmark, ``pages`` are what follows
    MLflow's address, by what is shown there, once a board is. The store must be held to write.
    """

    def __init__(self, store: Store, *, study: StudyName | None = None, write: bool = True) -> None:
        self.uri = uri_of(store)
        self.problem: str | None = None
        self.experiment: str | None = None
        self.pages: Mapping[str, str] = {}
        self._store = store
        self._asking = False
        self._pending: list[Any] = []
        self._sent_at = 0.0
        self._moved_at: float | None = None  # none while MLflow is still being imported
        variables = {name: value for name, value in _VARIABLES.items() if name not in os.environ}
        self._child = Child("asdbench.tracking.writer", variables)
        name = folder_name(store) if write else None
        self._child.connection.send((store.folder.resolve(), self.uri, name, study))

    def watch(self, event: CellEvent) -> None:
        """Take note of an epoch, for the live curves."""
        if isinstance(event, Epoch):
            self._pending.append(event)
        self._offer()

    def show(self, trials: Sequence[TrialRecord]) -> None:
        """Take note of a study's trials, those that are known already included."""
        self._pending.append((tuple(trials), ()))
        self._offer()

    def finish(
        self,
        board: Board | None = None,
        *,
        trials: Sequence[TrialRecord] = (),
        files: Sequence[Path] = (),
    ) -> None:
        """Bring everything up to date and end; give up when nothing moves.

        A run ends with its board, a study with its trials and the files that it led to.
        """
        if board is not None:
            self._pending.append(board)
        if files:
            self._pending.append((tuple(trials), tuple(files)))
        patience = PATIENCE_WITH_SERVER if is_remote(self.uri) else PATIENCE_WITH_FILE
        if self._moved_at:
            self._moved_at = time.monotonic()  # until now, nobody waited
        try:
            while True:
                if self._asking:
                    self._send([*self._pending, None])
                if self._child.connection.poll(0.1):
                    if not self._listen():
                        break
                elif self._moved_at and time.monotonic() - self._moved_at > patience:
                    self.problem = f"no answer for {patience:g} s"
                    break
        except (EOFError, OSError):
            self.problem = self.problem or "its process ended"
        if self.problem:
            self.close()
        else:
            self._child.close()
        if board is not None and self.problem is None:
            self._store.write_json(MARK, _mark(self._store, board.made_from))

    def close(self) -> None:
        """End it, whatever it is doing."""
        self._child.close(wait=False)

    def _offer(self) -> None:
        """Hand over what there is, if the process has asked for it: nobody waits for it."""
        try:
            while self._child.connection.poll():
                if not self._listen():
                    return
            if self._asking and self._pending and time.monotonic() - self._sent_at > FLUSH:
                self._send(self._pending)
        except (EOFError, OSError):
            self.problem = self.problem or "its process ended"

    def _send(self, items: Sequence[Any]) -> None:
        self._child.connection.send(list(items))
        self._pending, self._asking = [], False
        self._sent_at = time.monotonic()

    def _listen(self) -> bool:
        """Take one message; False if it was the last."""
        kind, content = self._child.connection.recv()
        self._moved_at = time.monotonic()
        if kind == "more":
            self._asking = True
        elif kind == "known":
            self.experiment, self.pages = content
        elif kind == "problem":
            self.problem = content
        return kind not in {"problem", "end"}
