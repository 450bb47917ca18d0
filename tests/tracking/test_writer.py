"""The other end of a mirror's pipe: what it says, and when it ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from mirrors import runs_of

from asdbench.results.build import board
from asdbench.results.store import Store
from asdbench.tracking import writer
from asdbench.tracking.place import folder_name, local_uri
from asdbench.tracking.trials import StudyName, TrialRecord

Started = Callable[..., Connection]


@pytest.fixture
def started(store: Store) -> Iterator[Started]:
    """Starts one on the store, in a thread that ends with the test; our end of its pipe."""
    threads = []

    def start(uri: str | None = None, study: StudyName | None = None) -> Connection:
        ours, theirs = Pipe()
        threads.append((threading.Thread(target=writer.serve, args=(theirs,)), ours))
        threads[-1][0].start()
        ours.send((store.folder, uri or local_uri(store), folder_name(store), study))
        return ours

    yield start
    for thread, ours in threads:
        ours.close()
        thread.join(20)
        assert not thread.is_alive()


def heard(connection: Connection, *last: str) -> list[tuple[str, Any]]:
    """What it says, steps left out, until it says one of these."""
    found = []
    while True:
        assert connection.poll(30)
        kind, content = connection.recv()
        if kind != "moved":
            found.append((kind, content))
        if kind in last:
            return found


def test_it_asks_for_more_until_it_is_told_that_there_is_none(
    started: Started, store: Store
) -> None:
    connection = started()
    known, _ = heard(connection, "more")
    parents, children, client = runs_of(store)
    experiment = client.get_experiment_by_name("demo-data")
    assert known[0] == "known"
    assert known[1] == (experiment.experiment_id, {})
    assert len(parents) == 2
    assert {run.info.status for run in children} == {"RUNNING"}
    connection.send([])
    assert [kind for kind, _ in heard(connection, "more")] == ["known", "more"]
    connection.send([board(store), None])
    (_, (_, pages)), (last, _) = heard(connection, "end")
    assert last == "end"
    assert "the leaderboard" in pages
    _, children, _ = runs_of(store)
    assert {run.info.status for run in children} == {"FINISHED"}


def test_a_study_comes_the_same_way(started: Started, store: Store, tmp_path: Path) -> None:
    connection = started(study=StudyName("demo", "demo-knn-0123", "knn"))
    heard(connection, "more")
    (tmp_path / "report.md").write_text("a report")
    trial = TrialRecord(0, "COMPLETE", 0.5, {"k": 1}, {})
    connection.send([((trial,), ()), ((trial,), (tmp_path / "report.md",)), None])
    assert [kind for kind, _ in heard(connection, "end")] == ["known", "end"]
    (parent,), (child,), _ = runs_of(store, "demo")
    assert child.data.metrics == {"objective": 0.5}
    assert parent == "tune knn"


def test_a_problem_is_said_in_one_short_line(started: Started) -> None:
    ((kind, text),) = heard(started(f"sqlite:////nowhere/{'x' * 300}/mlflow.db"), "problem", "end")
    assert kind == "problem"
    assert ": " in text
    assert "\n" not in text
    assert len(text) <= writer.MOST


def test_a_problem_of_ours_is_said_up_to_its_way_out(started: Started, tmp_path: Path) -> None:
    ((kind, text),) = heard(started(f"{tmp_path}/{'x' * 200}/mlruns"), "problem", "end")
    assert kind == "problem"
    assert text.endswith("or unset it")


def test_a_garbled_database_is_named_with_a_way_out(started: Started, store: Store) -> None:
    (store.folder / "mlflow.db").write_text("somebody's notes")
    ((kind, text),) = heard(started(), "problem", "end")
    assert kind == "problem"
    assert text.startswith(
        f"{(store.folder / 'mlflow.db').resolve()}: file is not a database; move"
    )


@pytest.mark.parametrize("after", ["nothing", "more"])
def test_it_ends_with_its_driver(started: Started, after: str) -> None:
    """Without a word, whether there is something to read for the driver or not."""
    connection = started()
    if after == "more":
        heard(connection, "more")
    connection.close()
