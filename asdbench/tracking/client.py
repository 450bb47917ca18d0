"""MLflow's client, as runs and studies need it: experiments, pages of runs, metrics in batches."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import mlflow
from filelock import FileLock
from mlflow import MlflowClient
from mlflow.entities import LoggedModel, Metric, Run, RunTag
from mlflow.exceptions import MlflowException
from sqlalchemy import event
from sqlalchemy.engine import Engine

from asdbench.config.files import not_a_folder, replacing
from asdbench.config.sqlite import check_database, no_stray_folder, sqlite_path, sqlite_url
from asdbench.config.system import cache_folder
from asdbench.results.store import Store
from asdbench.tracking.place import (
    artifacts_of,
    follow,
    local_uri,
    refuse_folder,
    refuse_no_file,
)

MOST = 900  # metrics a request; MLflow takes at most 1,000, with up to 100 tags
BEAT, BEATS = 1.0, 60  # seconds between signs of life while something takes long, and how many


class Client:
    """One benchmark's experiment in MLflow; ``moved`` is called at each answer of MLflow's."""

    def __init__(self, store: Store, uri: str, benchmark: str, moved: Callable[[], None]) -> None:
        refuse_folder(uri)
        refuse_no_file(uri)
        self.owned = uri == local_uri(store)  # every run in it is of this folder
        self._moved, self._speaking = moved, threading.Lock()
        file = sqlite_path(uri)
        if self.owned:
            _dont_wait_for_the_disk()
        with self._turn(file), no_stray_folder(uri):
            if file:
                _make(file.resolve())
                # MLflow would try a broken database for minutes.
                check_database(file.resolve(), "move it away, and a new one is made")
            if self.owned:
                follow(store)
            self.mlflow = cast(MlflowClient, _Moving(MlflowClient(uri), self._say))
            self.experiment = self._opened(store, benchmark)

    def search(self, query: str) -> Iterator[Run]:
        """The runs that a query finds, page by page."""
        return self._pages(self.mlflow.search_runs, query)

    def models(self, query: str) -> Iterator[LoggedModel]:
        """The models that a query finds, page by page."""
        return self._pages(self.mlflow.search_logged_models, query)

    def create(self, name: str, tags: dict[str, Any]) -> str:
        """A new run; its ID."""
        run = self.mlflow.create_run(self.experiment, tags=tags, run_name=name)
        return str(run.info.run_id)

    def describe(self, text: str) -> None:
        """Say this at the top of the experiment's page."""
        self.mlflow.set_experiment_tag(self.experiment, "mlflow.note.content", text)

    def log(self, run: str, metrics: Sequence[Metric], tags: Sequence[RunTag] = ()) -> None:
        """Metrics, as many at once as MLflow takes; with the last of them, tags."""
        while len(metrics) > MOST:
            self.mlflow.log_batch(run, metrics=metrics[:MOST])
            metrics = metrics[MOST:]
        if metrics or tags:
            self.mlflow.log_batch(run, metrics=metrics, tags=tags)

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """Around what takes longer than an answer does, such as an upload: it says that it moves.

        For a minute at most: what takes longer than that is stuck.
        """
        done = threading.Event()

        def say() -> None:
            with contextlib.suppress(OSError):  # the driver has gone, as the next step will see
                for _ in range(BEATS):
                    if done.wait(BEAT):
                        return
                    self._say()

        thread = threading.Thread(target=say, daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    @contextlib.contextmanager
    def _turn(self, file: Path | None) -> Iterator[None]:
        """Around the opening of a database: those that several folders share are opened in turn.

        MLflow makes and alters its tables as if it were alone.
        """
        if file is None or self.owned:
            yield
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        with self.at_work(), FileLock(file.with_name(f".{file.name}.lock"), timeout=BEAT * BEATS):
            yield

    def _pages(self, search: Callable[..., Any], query: str) -> Iterator[Any]:
        token: str | None = None
        while token != "":
            page = search([self.experiment], query, page_token=token)
            yield from page
            token = page.token or ""

    def _say(self) -> None:
        with self._speaking:
            self._moved()

    def _opened(self, store: Store, name: str) -> str:
        """The ID of the experiment, made or restored if need be."""
        found = self.mlflow.get_experiment_by_name(name)
        if found is not None:
            if found.lifecycle_stage == "deleted":
                self.mlflow.restore_experiment(found.experiment_id)
            return str(found.experiment_id)
        place = artifacts_of(store) if self.owned else None
        kind = {"mlflow.experimentKind": "custom_model_development"}  # the page for training runs
        try:
            return str(self.mlflow.create_experiment(name, artifact_location=place, tags=kind))
        except MlflowException:
            found = self.mlflow.get_experiment_by_name(name)
            if found is None:
                raise
            return str(found.experiment_id)  # another folder's mirror was faster


def _make(file: Path) -> None:
    """Make a database whole or not at all: its tables take MLflow many steps.

    A run that is stopped meanwhile would leave half of them, which MLflow can't go on from. An
    empty one is kept in the cache, and copied: to make its tables takes seconds.
    """
    not_a_folder(file)
    if file.exists():
        return
    empty = cache_folder() / f"mlflow-{mlflow.__version__}.db"
    with replacing(file) as temporary:
        if _is_sound(empty):
            shutil.copyfile(empty, temporary)
            return
        MlflowClient(sqlite_url(temporary)).search_experiments(max_results=1)
        with contextlib.suppress(OSError):  # next time, the tables are made again
            empty.parent.mkdir(parents=True, exist_ok=True)
            with replacing(empty) as kept:
                shutil.copyfile(temporary, kept)


def _is_sound(file: Path) -> bool:
    """Whether there is such a database, and it can be read."""
    if not file.is_file():
        return False
    try:
        with contextlib.closing(sqlite3.connect(file)) as database:
            return bool(database.execute("PRAGMA quick_check").fetchone() == ("ok",))
    except sqlite3.DatabaseError:
        return False


def _dont_wait_for_the_disk() -> None:
    """No commit of this process waits until the disk has it: there are hundreds, of 10 ms each.

    What a power cut could break is a copy of the output folder, which can be made again; a process
    that is killed breaks nothing.
    """

    def at_once(connection: Any, _: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA synchronous = OFF")

    event.listen(Engine, "connect", at_once)


class _Moving:
    """Has every method of an MLflow client, and says so when one has done its work."""

    def __init__(self, client: MlflowClient, moved: Callable[[], None]) -> None:
        self._client, self._moved = client, moved

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._client, name)

        def call(*arguments: Any, **options: Any) -> Any:
            answer = method(*arguments, **options)
            self._moved()
            return answer

        return call


def as_metrics(
    named: Iterable[tuple[str, float]], step: int = 0, model: str | None = None
) -> list[Metric]:
    """As MLflow takes them; of a run, and of a model of its too if one is named."""
    now = int(time.time() * 1000)
    return [Metric(name, value, now, step, model_id=model) for name, value in named]
