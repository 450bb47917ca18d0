"""Mirror a run into MLflow, in a thread of its own.

A tracking server that is dead or dies costs seconds, not the benchmark: what the thread can't do
now, the next run does, or ``asdbench ui``.
"""

from __future__ import annotations

import json
import os
import queue
import threading
import time
from pathlib import Path

from asdbench.board import Board
from asdbench.executors import Epoch, Event
from asdbench.store import Store

# Seconds without progress after which the mirror is left for another time. A server answers at once
# or not at all; a file on a busy machine may take its time.
PATIENCE_WITH_SERVER, PATIENCE_WITH_FILE = 5.0, 120.0
FLUSH = 1.0  # seconds between two batches of live curves


def uri_of(store: Store) -> str:
    """Where the mirror is: ``MLFLOW_TRACKING_URI``, else SQLite in the output folder."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{store.folder.resolve()}/mlflow.db"


def up_to_date(store: Store, made_from: str) -> bool:
    """Whether the mirror shows a board made from this already, as far as can be told offline."""
    uri, mark = uri_of(store), store.folder / "mirrored.json"
    file = Path(uri.removeprefix("sqlite:///"))
    if not mark.exists() or (uri.startswith("sqlite:///") and not file.exists()):
        return False
    expected = {"uri": uri, "made_from": made_from}
    return bool(json.loads(mark.read_text()) == expected)


class Mirror:
    """The thread that writes to MLflow. ``problem`` says why it stopped, if it did.

    Without ``write`` it only looks up the experiment.

    ``experiment`` is MLflow's ID of the benchmark, ``parents`` are the IDs of its rows' runs, best
    first, once they are known.
    """

    def __init__(self, store: Store, *, write: bool = True) -> None:
        self.problem: str | None = None
        self.experiment: str | None = None
        self.parents: list[str] = []
        self._store = store
        self._write = write
        self._queue: queue.Queue[Epoch | Board | None] = queue.Queue()
        self._moved_at = time.monotonic()
        self._imported = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def watch(self, event: Event) -> None:
        """Take note of an epoch, for the live curves."""
        if isinstance(event, Epoch):
            self._queue.put(event)

    def finish(self, board: Board | None) -> None:
        """Bring everything up to date with the board and stop; give up when nothing moves."""
        if board is not None:
            self._queue.put(board)
        self._queue.put(None)
        remote = not uri_of(self._store).startswith("sqlite")
        patience = PATIENCE_WITH_SERVER if remote else PATIENCE_WITH_FILE
        self._imported.wait()
        self._moved_at = time.monotonic()
        while self._thread.is_alive():
            self._thread.join(0.1)
            if time.monotonic() - self._moved_at > patience and self._thread.is_alive():
                self.problem = f"no answer for {patience:g} s"
                return

    def _work(self) -> None:
        try:
            try:
                from asdbench.mlflow_runs import Runs
            finally:
                self._imported.set()
            runs = Runs(self._store, uri_of(self._store), self._moved, write=self._write)
            self.experiment, self.parents = runs.experiment, runs.parents
            while True:
                batch = self._take()
                runs.epochs([item for item in batch if isinstance(item, Epoch)])
                for board in [item for item in batch if isinstance(item, Board)]:
                    runs.results(board)
                    self.parents = runs.parents
                    mark = {"uri": uri_of(self._store), "made_from": board.made_from}
                    self._store.write("mirrored.json", json.dumps(mark) + "\n")
                if None in batch:
                    return
        except Exception as error:  # noqa: BLE001 - whatever a tracking server does, the run goes on
            self.problem = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"

    def _take(self) -> list[Epoch | Board | None]:
        """Everything in the queue, waiting for a first item and then a moment for more."""
        batch = [self._queue.get()]
        deadline = time.monotonic() + FLUSH
        while None not in batch and (left := deadline - time.monotonic()) > 0:
            try:
                batch.append(self._queue.get(timeout=left))
            except queue.Empty:
                break
        return batch

    def _moved(self) -> None:
        self._moved_at = time.monotonic()
