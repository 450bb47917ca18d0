"""Runs in MLflow when a folder is mirrored again: their order, and which are made anew."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from mirrored_runs import mirror
from mirrors import runs_of
from mlflow import MlflowClient

from asdbench.config.keys import key
from asdbench.results.build import board
from asdbench.results.store import Store
from asdbench.tracking.found import FORMAT
from asdbench.tracking.place import local_uri
from asdbench.tracking.runs import Runs
from asdbench.tracking.views import ORDER


def test_rows_are_in_the_order_of_the_board_which_is_first(store: Store) -> None:
    """A query that a view of MLflow's asks is answered in this order."""
    mirror(store)
    *_, client = runs_of(store)
    experiment = client.get_experiment_by_name("demo-data").experiment_id
    order = f"tags.`{ORDER}` ASC"
    found = client.search_runs([experiment], f"tags.`{ORDER}` != ''", order_by=[order])
    names = [run.info.run_name for run in found]
    assert names == ["leaderboard", *(row.label for row in board(store).rows)]


def test_a_repeat_is_written_in_two_batches_and_one_that_is_there_in_none(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its fields, then all else: a server with thousands of repeats has to be done in minutes."""
    asked: Counter[str] = Counter()
    log_batch = MlflowClient.log_batch

    def counted(self: MlflowClient, run_id: str, *arguments: Any, **options: Any) -> None:
        asked[run_id] += 1
        log_batch(self, run_id, *arguments, **options)

    monkeypatch.setattr(MlflowClient, "log_batch", counted)
    mirror(store)
    children = {run.info.run_id for run in runs_of(store)[1]}
    assert {asked[run] for run in children} == {2}
    asked.clear()
    mirror(store)
    assert not children & asked.keys()


def test_what_shows_the_board_of_today_is_not_written_again(store: Store) -> None:
    mirror(store)
    before, _, client = runs_of(store)
    (leading,) = client.search_runs(
        [before["knn"].info.experiment_id], "attributes.run_name = 'leaderboard'"
    )
    again = mirror(store)
    assert again.pages["the leaderboard"].split("/runs/")[1].startswith(leading.info.run_id)
    for run in before.values():
        assert len(client.get_metric_history(run.info.run_id, "Mean")) == 1


def test_a_repeat_without_results_is_failed_and_moves_no_other_ones_figures(store: Store) -> None:
    """Of three repeats, the middle one is missing: the third is the second of what there is."""
    (record,) = (record for record in store.rows() if record["label"] == "curved")
    first, second = record["repeats"]
    missing = ["curved-fan-r1-0123456789abcdef", "curved-valve-r1-0123456789abcdef"]
    store.keep_row({**record, "repeats": [first, missing, second]})
    values = next(row for row in board(store).rows if row.label == "curved").auc.values
    assert values[0] != values[1]
    mirror(store)
    parents, children, _ = runs_of(store)
    mine = {
        r.data.tags["asdbench.repeat"]: r
        for r in children
        if r.data.tags["mlflow.parentRunId"] == parents["curved"].info.run_id
    }
    assert parents["curved"].info.status == "FAILED"
    assert {repeat: run.info.status for repeat, run in mine.items()} == {
        "0": "FINISHED",
        "1": "FAILED",
        "2": "FINISHED",
    }
    found = [mine[repeat].data.metrics["development/auc"] for repeat in "02"]
    assert found == list(values)
    assert "development/auc" not in mine["1"].data.metrics


def test_without_a_name_nothing_is_written(store: Store) -> None:
    runs = Runs(store, local_uri(store), None, lambda: None)
    runs.write([board(store)])
    parents, children, _ = runs_of(store)
    assert (parents, children, runs.pages) == ({}, [], {})


@pytest.mark.parametrize("what", ["tag", "cell"])
def test_a_repeat_that_shows_no_results_of_today_is_made_again(store: Store, what: str) -> None:
    """It was left half-way, or its cells have been run again since."""
    mirror(store)
    _, children, client = runs_of(store)
    broken = children[0]
    if what == "tag":
        client.delete_tag(broken.info.run_id, "asdbench.complete")
    else:
        name = broken.data.tags["asdbench.cell_names"].split()[0]
        cell = store.cell(name)
        assert cell is not None
        store.write_json(f"cells/{name}/cell.json", {**cell, "seconds": 99.0})
    mirror(store)
    _, again, _ = runs_of(store)
    assert len(again) == len(children)
    assert {run.info.run_id for run in children} - {run.info.run_id for run in again} == {
        broken.info.run_id
    }
    for child in again:
        names = child.data.tags["asdbench.cell_names"].split()
        stamp = key([FORMAT, [store.cell(name) for name in names]])
        assert child.data.tags["asdbench.complete"] == stamp
