"""Which runs in MLflow are which rows and repeats of a folder: on a real store."""

from __future__ import annotations

from pathlib import Path

from mirrors import runs_of
from mlflow import MlflowClient

from asdbench.results.store import Store
from asdbench.tracking.client import Client
from asdbench.tracking.found import COLORS, Found, RepeatName, row_key
from asdbench.tracking.place import FolderName, folder_name, local_uri

NAME = FolderName("0123", "here:/o")


def found_in(store: Store, name: FolderName | None = None) -> Found:
    """As a mirror that is started sees them."""
    client = Client(store, local_uri(store), "demo-data", lambda: None)
    return Found(client, store, name or folder_name(store))


def test_what_is_not_there_is_made_once(store: Store) -> None:
    first = found_in(store)
    parents, children, _ = runs_of(store)
    assert {run.info.run_id for run in parents.values()} == set(first.parents.values())
    assert {run.info.run_id for run in children} == set(first.children.values())
    assert {name for name, _ in first.repeats()} == set(first.children)
    second = found_in(store)
    assert second.parents == first.parents
    assert first.complete == second.complete == set()
    # A repeat that shows nothing yet is made again; there are not more of them.
    assert set(second.children) == set(first.children)
    assert not set(second.children.values()) & set(first.children.values())
    assert len(runs_of(store)[1]) == len(children)


def test_a_repeat_that_shows_todays_results_is_recalled_and_no_other(store: Store) -> None:
    first = found_in(store)
    (name, cells), (other, others), *_ = first.repeats()
    client = MlflowClient(local_uri(store))
    client.set_tag(first.children[name], "asdbench.complete", first.stamp(cells))
    client.set_tag(first.children[other], "asdbench.complete", "of yesterday")
    second = found_in(store)
    assert second.complete == {name}
    assert second.children[name] == first.children[name]
    assert second.children[other] != first.children[other]
    assert first.stamp([*others, "a-cell-that-is-missing"]) == ""


def test_rows_are_told_apart_by_all_that_a_repeat_does_not_change(store: Store) -> None:
    record = store.rows()[0]
    recipe = record["recipe"]
    assert row_key({**record, "recipe": {**recipe, "repeats": 9}}) == row_key(record)
    changes = [
        {"label": "other"},
        {"method": "other"},
        {"fields": {"k": 99}},
        {"recipe": {**recipe, "seed": 99}},
    ]
    keys = [row_key({**record, **change}) for change in changes]
    assert len({row_key(record), *keys}) == 5


def test_runs_of_rows_that_are_gone_go_and_others_stay(store: Store) -> None:
    """Those of a study, those that somebody added by hand, and a second parent of one row."""
    first = found_in(store)
    client = MlflowClient(local_uri(store))
    (experiment,) = client.search_experiments(filter_string="name = 'demo-data'")
    by_hand = client.create_run(experiment.experiment_id, run_name="mine")
    study = client.create_run(experiment.experiment_id, tags={"asdbench.study": "some"})
    tags = {"asdbench.row": row_key(store.rows()[0])}
    second = client.create_run(experiment.experiment_id, tags=tags)
    (store.folder / "rows" / "knn.json").unlink()
    now = found_in(store)
    assert len(now.parents) == 1
    left = {run.info.run_id for run in client.search_runs([experiment.experiment_id])}
    assert {by_hand.info.run_id, study.info.run_id} <= left
    assert second.info.run_id not in left or first.parents[row_key(store.rows()[0])] not in left
    assert len(left) == 2 + 1 + 2


def test_a_parent_with_metrics_that_are_no_more_is_made_again(store: Store) -> None:
    """MLflow forgets none of a run. Its repeats go with it, and its colour stays."""
    first = found_in(store)
    (name, cells), *_ = first.repeats()
    client = MlflowClient(local_uri(store))
    client.set_tag(first.children[name], "asdbench.complete", first.stamp(cells))
    record = next(one for one in store.rows() if row_key(one) == name.row)
    before = first.parents[name.row]
    for metric in ("Mean", "development/by fault/leak/auc"):
        client.log_metric(before, metric, 0.5)
    second = found_in(store)
    assert second.parent_for(record, ["Mean", "development/by fault/leak/auc", "SD"]) == before
    now = second.parent_for(record, ["Mean", "SD"])
    assert now != before
    assert second.parents[name.row] == now
    parents, children, _ = runs_of(store)
    assert parents[record["label"]].info.run_id == now
    colors = [client.get_run(run).data.tags["mlflow.runColor"] for run in (before, now)]
    assert len(set(colors)) == 1
    mine = {run.info.run_id: run.data.tags["mlflow.parentRunId"] for run in children}
    assert mine[first.children[name]] == now


def test_a_folder_that_was_moved_is_shown_where_it_is(store: Store) -> None:
    found_in(store, NAME)
    found_in(store, FolderName("0123", "there:/p"))
    parents, children, _ = runs_of(store)
    places = {run.data.tags["asdbench.folder"] for run in (*parents.values(), *children)}
    assert places == {"there:/p"}


def test_a_run_says_what_it_is_and_a_row_has_a_colour(store: Store, here: Path) -> None:
    found_in(store, NAME)
    parents, children, _ = runs_of(store)
    knn = parents["knn"].data.tags
    assert knn["asdbench.label"] == knn["asdbench.method"] == "knn"
    assert knn["asdbench.origin"] == "run"
    assert knn["asdbench.folder_id"] == "0123"
    assert knn["asdbench.device"] == "cpu"
    assert '"folder"' in knn["asdbench.dataset"]
    colors = {run.data.tags["mlflow.runColor"] for run in parents.values()}
    assert len(colors) == 2
    assert colors <= set(COLORS)
    (record,) = (record for record in store.rows() if record["label"] == "knn")
    names = [child.data.tags["asdbench.cell_names"].split() for child in children]
    assert record["repeats"][1] in names


def test_rows_keep_colours_of_their_own_when_one_comes_before_them(store: Store) -> None:
    found_in(store)
    store.keep_row({**store.rows()[0], "label": "a-new-one"})
    found_in(store)
    parents, *_ = runs_of(store)
    colors = {label: run.data.tags["mlflow.runColor"] for label, run in parents.items()}
    assert colors == dict(zip(sorted(parents), COLORS, strict=False))
    assert len(colors) == 3


def test_an_import_has_no_recipe_and_is_found_all_the_same(store: Store) -> None:
    record = store.rows()[0]
    imported = {"recipe": {}, "fields": {}, "origin": {"kind": "import"}, "label": "theirs"}
    store.keep_row({**record, **imported})
    found_in(store)
    again = found_in(store)
    parents, *_ = runs_of(store)
    assert parents["theirs"].data.tags["asdbench.origin"] == "import"
    assert "asdbench.seed" not in parents["theirs"].data.tags
    assert isinstance(next(iter(again.children)), RepeatName)
