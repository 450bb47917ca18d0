"""Each finished row is a model in MLflow: which there are, and when they are replaced."""

from __future__ import annotations

import shutil
from pathlib import Path
from unittest import mock

import pytest
from logged_models import EXPERIMENT, log_models, mirror, models_of
from mirrors import ran, runs_of
from mlflow import MlflowClient
from mlflow.entities import LoggedModel

from asdbench.config.names import flat
from asdbench.detector.figures import figures_of
from asdbench.results.build import board
from asdbench.results.store import Store
from asdbench.tracking import models
from asdbench.tracking.client import Client
from asdbench.tracking.found import Found
from asdbench.tracking.models import STAMP, TAG, Models
from asdbench.tracking.place import folder_name, local_uri

ENSEMBLES = """\
[variants.knn-2]
method = "knn"
k = 2
[methods.both]
ensemble = ["knn", "knn-2"]
[methods.ranked]
ensemble = ["knn", "knn-2"]
by = "rank"
"""


@pytest.fixture
def store(here: Path) -> Store:
    """Two rows of one repeat each, of which MLflow knows nothing yet."""
    found = Store(here / "o")
    for record in found.rows():
        found.keep_row({**record, "repeats": record["repeats"][:1]})
    return found


def tag_of(store: Store, label: str) -> str:
    """What a row's run says of its model."""
    return str(runs_of(store)[0][label].data.tags[TAG])


def metrics_of(model: LoggedModel) -> dict[str, float]:
    """A model's metrics; each is there once."""
    found = {metric.key: metric.value for metric in model.metrics}
    assert len(found) == len(model.metrics)
    return found


def test_a_row_is_a_model_with_the_boards_figures(store: Store) -> None:
    mirror(store)
    (model,) = models_of(store).values()
    run, record = runs_of(store)[0]["knn"], store.row("knn")
    assert record is not None
    assert (model.name, model.status) == ("knn", "READY")
    assert model.source_run_id == run.info.run_id
    assert [one.model_id for one in run.outputs.model_outputs] == [model.model_id]
    assert tag_of(store, "knn") == f"models:/{model.model_id}"
    assert model.params == {name: str(value) for name, value in flat(record["fields"])}
    assert model.tags["asdbench.folder_id"] == folder_name(store).id
    assert model.tags["asdbench.row"] == run.data.tags["asdbench.row"]
    assert model.tags["mlflow.note.content"] == run.data.tags["mlflow.note.content"]
    metrics, figures = metrics_of(model), figures_of(store, "knn")
    for one in figures:
        place = f"{one['subset']}/{one['figure']}"
        assert metrics[place] == run.data.metrics[place] == one["mean"]
        for end in ("low", "high"):
            shown = [value for name, value in metrics.items() if name.endswith(f"/{end}")]
            assert one[end] is None or one[end] in shown
    assert next(iter(metrics)) == "development/mean_auc_pauc"
    assert {one["figure"] for one in figures} >= {"auc", "pauc", "recall"}


def test_a_row_that_can_not_be_restored_says_why_and_is_not_tried_again(store: Store) -> None:
    """The method keeps a random generator, which only pickle could."""
    log_models(store)
    assert "can't be restored (random_: a numpy.random" in tag_of(store, "curved")
    with mock.patch.object(models, "make") as make:
        log_models(store)
    assert not make.called
    assert "can't be restored (random_: a numpy.random" in tag_of(store, "curved")


def test_rows_without_fits_of_their_own_have_none_and_ensembles_of_scores_have(here: Path) -> None:
    (here / "both.toml").write_text(ENSEMBLES)
    store = ran(here, "knn,knn-2,both,ranked", out="e", experiment="both.toml", repeats=1)
    record = store.row("knn")
    assert record is not None
    store.keep_row({**record, "label": "theirs", "recipe": {}, "origin": {"kind": "import"}})
    shutil.copy(here / "o" / "mlflow.db", here / "e" / "mlflow.db")
    log_models(store)
    assert set(models_of(store)) == {"both", "knn", "knn-2"}
    assert tag_of(store, "theirs").startswith("theirs was imported")
    assert tag_of(store, "ranked").startswith("ranked can't become a detector")


def test_what_is_as_it_was_is_not_logged_again(store: Store) -> None:
    log_models(store)
    before = models_of(store)["knn"]
    with mock.patch.object(models, "make") as make:
        log_models(store)
    assert not make.called
    again = models_of(store)["knn"]
    assert again.model_id == before.model_id
    assert metrics_of(again) == metrics_of(before)


def test_cells_that_are_run_again_are_another_model(here: Path, store: Store) -> None:
    log_models(store)
    before = models_of(store)["knn"]
    ran(here, "knn", repeats=1, force=True)
    log_models(store)
    after = models_of(store)["knn"]
    assert after.model_id != before.model_id
    assert after.tags[STAMP] != before.tags[STAMP]
    assert tag_of(store, "knn") == f"models:/{after.model_id}"


def test_figures_that_change_are_those_of_a_new_model_too(here: Path, store: Store) -> None:
    log_models(store)
    before = models_of(store)["knn"]
    assert "development/auc/sd" not in metrics_of(before)
    ran(here, repeats=2)
    log_models(store)
    after = models_of(store)["knn"]
    (row,) = (row for row in board(store).rows if row.label == "knn")
    assert row.auc.sd is not None
    assert metrics_of(after)["development/auc/sd"] == row.auc.sd
    assert after.model_id != before.model_id


def test_models_of_rows_that_are_gone_go_and_others_stay(store: Store) -> None:
    """Those that somebody added by hand; and one that was left half-way is made again."""
    log_models(store)
    before = models_of(store)["knn"]
    client = MlflowClient(local_uri(store))
    experiment = client.get_experiment_by_name(EXPERIMENT).experiment_id
    client.create_logged_model(experiment, name="mine")
    tags = {"asdbench.row": before.tags["asdbench.row"], STAMP: before.tags[STAMP]}
    half = client.create_logged_model(
        experiment, name="half", source_run_id=before.source_run_id, tags=tags
    )
    log_models(store)
    assert half.status == "PENDING"
    assert {name: one.model_id for name, one in models_of(store).items()}.keys() == {"mine", "knn"}
    assert models_of(store)["knn"].model_id == before.model_id
    (store.folder / "rows" / "knn.json").unlink()
    log_models(store)
    assert set(models_of(store)) == {"mine"}


def test_a_repeat_that_is_incomplete_has_no_model_any_more(store: Store) -> None:
    log_models(store)
    for cell in store.folder.glob("cells/knn-fan-*"):
        shutil.rmtree(cell)
    log_models(store)
    assert models_of(store) == {}
    assert tag_of(store, "knn") == f"no repeat of knn in {store.folder} is complete; run it again"


def test_a_model_that_fails_loses_nothing_else_and_is_tried_again(store: Store) -> None:
    with mock.patch.object(models, "complete", side_effect=OSError("disk full")):
        mirror(store)
    parents, children, _ = runs_of(store)
    assert tag_of(store, "knn") == "OSError: disk full"
    assert {run.info.status for run in (*parents.values(), *children)} == {"FINISHED"}
    assert "development/auc" in parents["knn"].data.metrics
    log_models(store)
    assert models_of(store)["knn"].status == "READY"
    assert tag_of(store, "knn").startswith("models:/")


def test_a_server_that_knows_no_models_is_no_error(store: Store) -> None:
    with mock.patch.object(MlflowClient, "search_logged_models", side_effect=OSError("404")):
        log_models(store)
    assert {tag_of(store, label) for label in ("curved", "knn")} == {"OSError: 404"}


def test_what_is_too_large_is_not_copied_by_itself(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "LARGEST", 0)
    log_models(store)
    assert models_of(store) == {}
    said = tag_of(store, "knn")
    assert said.startswith("knn as a detector has 0 MB, and up to 0 are logged by themselves")
    with mock.patch.object(models, "make") as make:
        log_models(store)
    assert not make.called


def test_what_models_are_made_with_is_loaded_where_some_will_be(store: Store) -> None:
    client = Client(store, local_uri(store), EXPERIMENT, lambda: None)
    found = Found(client, store, folder_name(store))
    with mock.patch.object(models.plugins, "installed", side_effect=ValueError) as load:
        Models(client, store, found).load()
        assert {call.args[1] for call in load.call_args_list} == {"curved", "knn"}
        load.reset_mock()
        found.complete = set(found.children)
        Models(client, store, found).load()
    assert not load.called
