"""What rows and repeats look like in MLflow, on a real store of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from mirrored_runs import mirror, shown
from mirrors import ran, runs_of

from asdbench.config.frontend import Frontend
from asdbench.config.numerics import Numerics
from asdbench.engines.events import Epoch
from asdbench.results.records import Cell
from asdbench.results.store import TAGS, Store
from asdbench.tracking.tables import FIGURES, KINDS, MACHINE_IDS


def cell_of(store: Store, name: str) -> Cell:
    """A finished cell, as the plan of its run had it."""
    known = store.cell(name)
    assert known is not None
    fields = known["cell"]
    fields |= {"frontend": Frontend(**fields["frontend"])}
    fields |= {"numerics": Numerics(**fields["numerics"])}
    cell = Cell(**fields)
    assert cell.name == name
    return cell


def kinds_shown(store: Store) -> dict[str, list[list[Any]]]:
    """By label, the lines of the table of kinds of clip."""
    parents, _, client = runs_of(store)
    texts = {
        label: Path(client.download_artifacts(run.info.run_id, KINDS)).read_text()
        for label, run in parents.items()
    }
    return {label: json.loads(text)["data"] for label, text in texts.items()}


def test_parents_have_their_auc_on_each_kind_of_clip(store: Store) -> None:
    found: dict[str, dict[str, dict[str, dict[str, str]]]] = {}
    for record in store.rows():
        for score in store.scores(record["repeats"][0][0]):
            tags = {"fault": "leak"} if score.anomalous else {}
            found.setdefault(score.machine, {}).setdefault(score.id, {})[score.clip] = tags
    store.write_json(TAGS, {"development": found})
    [kind] = shown(store).slices
    mirror(store)
    assert {label: lines[0][:2] for label, lines in kinds_shown(store).items()} == {
        label: ["development fault: leak", round(spread.mean, 4)]
        for label, spread in kind.rows.items()
    }
    assert len(kind.rows) == 2
    store.write_json(TAGS, {})
    mirror(store)
    assert kinds_shown(store) == {"curved": [], "knn": []}  # they aren't told any more


def test_synthetic_machines_are_said_to_be_no_evidence_wherever_figures_are(store: Store) -> None:
    said = "Synthetic machines: no evidence about real ones."
    experiment = mirror(store).experiment
    *_, client = runs_of(store)
    note = client.get_experiment(experiment).tags["mlflow.note.content"]
    assert note.startswith("Rank is by mean AUC/pAUC (development/mean_auc_pauc): Mean, SD ")
    for record in store.rows():
        recipe = {**record["recipe"], "dataset": {"name": "synthetic"}}
        store.keep_row({**record, "recipe": recipe})
    mirror(store)
    note = client.get_experiment(experiment).tags["mlflow.note.content"]
    assert note.startswith(f"{said}\n\nRank is by mean AUC/pAUC")
    parents, *_ = runs_of(store)
    for record in store.rows():
        note = parents[record["label"]].data.tags["mlflow.note.content"]
        assert note == f"{said}\n\n{record['summary']}"


def test_rows_are_parents_and_repeats_their_children(store: Store) -> None:
    made = shown(store)
    mirror(store)
    parents, children, client = runs_of(store)
    assert set(parents) == {"curved", "knn"}
    row = next(row for row in made.rows if row.label == "curved")
    parent = parents["curved"]
    metrics = parent.data.metrics
    assert metrics["development/auc"] == row.auc.mean
    assert metrics["development/auc/sd"] == row.auc.sd
    by = row.mean_auc_pauc
    short = {name: metrics[name] for name in ("Mean", "SD", "Worst", "Rank")}
    place = 1 + made.rows.index(row)
    assert short == pytest.approx(
        {"Mean": by.mean, "SD": by.sd, "Worst": min(by.values), "Rank": place}, abs=5e-5
    )
    assert len(metrics) < 50  # many machine IDs would drown them
    assert not any("id_" in name for name in metrics)
    assert parent.data.params == {"_row": "curved", "first": "0"}
    for question, letters in row.letters.items():
        tag = f"asdbench.group.{question}.development"
        assert parent.data.tags[tag] == (letters or "can't tell")
    assert parent.info.status == "FINISHED"
    files = {file.path for file in client.list_artifacts(parent.info.run_id, "tables")}
    assert files == {MACHINE_IDS, FIGURES, KINDS}
    listed = json.loads(parent.data.tags["mlflow.loggedArtifacts"])
    assert {"path": MACHINE_IDS, "type": "table"} in listed
    plots = {file.path for file in client.list_artifacts(parent.info.run_id, "plots")}
    assert plots == {f"plots/development_{name}.png" for name in ("ranking", "machine_ids")}
    mine = [r for r in children if r.data.tags["mlflow.parentRunId"] == parent.info.run_id]
    assert sorted(r.data.tags["asdbench.repeat"] for r in mine) == ["0", "1"]
    for child in mine:
        repeat = int(child.data.tags["asdbench.repeat"])
        assert child.info.status == "FINISHED"
        assert child.data.metrics["development/auc"] == row.auc.values[repeat]
        assert child.data.metrics["Mean"] == round(by.values[repeat], 4)
        of_id = row.machines["fan"].ids["00"].pauc.values[repeat]
        assert child.data.metrics["machines/development/fan/id_00/pauc"] == of_id
        for machine in ("fan", "valve"):
            curve = client.get_metric_history(child.info.run_id, f"train/{machine}/loss")
            assert [(m.step, m.value) for m in curve] == [(1, 1.0), (2, 1 / 2), (3, 1 / 3)]
            files = {f.path for f in client.list_artifacts(child.info.run_id, f"scores/{machine}")}
            assert files == {f"scores/{machine}/scores.csv"}
        assert child.data.tags["asdbench.device"] == "cpu"
        assert "torch" in child.data.tags["asdbench.versions"]


def test_a_live_curve_is_not_logged_a_second_time_at_the_end(store: Store) -> None:
    names = [path.name for path in store.folder.glob("cells/curved-fan-r0-*")]
    cell = cell_of(store, *names)
    mirror(store, Epoch(cell, "train", 1, 0.3, {"loss": 1.0}))
    _, children, client = runs_of(store)
    curves = {
        (child.data.tags["asdbench.repeat"], machine): len(
            client.get_metric_history(child.info.run_id, f"train/{machine}/loss")
        )
        for child in children
        if child.data.tags["asdbench.label"] == "curved"
        for machine in ("fan", "valve")
    }
    # What was live stays as it was; all the others are read from disk.
    assert curves == {("0", "fan"): 1, ("0", "valve"): 3, ("1", "fan"): 3, ("1", "valve"): 3}


def test_more_repeats_join_their_parent(here: Path) -> None:
    store = ran(here, repeats=1)
    mirror(store)
    first, children, _ = runs_of(store)
    assert len(children) == 2
    assert "development/auc/sd" not in first["curved"].data.metrics
    assert first["curved"].data.tags["asdbench.group.here.development"] == "can't tell"
    ran(here, repeats=2)
    mirror(store)
    second, children, _ = runs_of(store)
    assert len(children) == 4
    parents = {run.info.run_id for run in second.values()}
    assert {child.data.tags["mlflow.parentRunId"] for child in children} == parents
    now = second["curved"].data.metrics
    assert "development/auc/sd" in now
    # One repeat's intervals were of another question; MLflow forgets no metric of a run.
    assert not [name for name in now if "/clips/" in name]


def test_a_row_whose_fields_change_takes_the_place_of_the_row_before(here: Path) -> None:
    """Its old parent is gone, and so from the address that compares the rows."""
    store = ran(here)
    mirror(store)
    before, *_ = runs_of(store)
    ran(here, settings={"knn": {"k": 3}})
    runs = mirror(store)
    now, children, client = runs_of(store)
    assert set(now) == {"curved", "knn"}
    assert now["curved"].info.run_id == before["curved"].info.run_id
    assert now["knn"].info.run_id != before["knn"].info.run_id
    assert now["knn"].data.params["k"] == "3"
    assert runs.pages
    parents = {child.data.tags["mlflow.parentRunId"] for child in children}
    assert parents == {run.info.run_id for run in now.values()}
    assert len(children) == 4
    assert client.get_run(before["knn"].info.run_id).info.lifecycle_stage == "deleted"
