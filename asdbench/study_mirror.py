"""Mirror a study into MLflow: a parent a study, a child a trial."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

from optuna.trial import FrozenTrial

from asdbench.store import Store
from asdbench.tracking import PATIENCE_WITH_FILE, PATIENCE_WITH_SERVER, uri_of


class StudyMirror:
    """The thread that writes to MLflow; ``problem`` says why it stopped, if it did.

    Found again by tags: a trial that is there already is not written a second time.
    """

    def __init__(self, store: Store, benchmark: str, study: str, method: str) -> None:
        self.problem: str | None = None
        self._store, self._benchmark, self._study, self._method = store, benchmark, study, method
        self._queue: queue.Queue[tuple[Sequence[FrozenTrial], Sequence[Path]] | None]
        self._queue = queue.Queue()
        self._imported = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def wait_for_import(self) -> None:
        """Wait until MLflow is imported: plotly takes a pandas that is half there for a whole."""
        self._imported.wait()

    def update(self, trials: Iterable[FrozenTrial]) -> None:
        """Write the trials that aren't there yet."""
        self._queue.put((list(trials), ()))

    def finish(self, trials: Iterable[FrozenTrial], files: Sequence[Path]) -> None:
        """Write the rest and what the study led to, or give up."""
        self._queue.put((list(trials), files))
        self._queue.put(None)
        remote = not uri_of(self._store).startswith("sqlite")
        self._thread.join(PATIENCE_WITH_SERVER if remote else PATIENCE_WITH_FILE)
        if self._thread.is_alive():
            self.problem = "no answer"

    def _work(self) -> None:
        try:
            from asdbench.study_runs import StudyRuns

            self._imported.set()
            runs = StudyRuns(
                self._store, uri_of(self._store), self._benchmark, self._study, self._method
            )
            while (item := self._queue.get()) is not None:
                runs.write(*item)
        except Exception as error:  # noqa: BLE001 - whatever a tracking server does, tuning goes on
            self.problem = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        finally:
            self._imported.set()
