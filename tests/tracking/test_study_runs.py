"""What a study looks like in MLflow, on a real store."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from mirrors import runs_of
from mlflow import MlflowClient
from mlflow.entities import Run

from asdbench.results.store import Store
from asdbench.tracking.place import FolderName, local_uri
from asdbench.tracking.study_runs import StudyRuns
from asdbench.tracking.trials import StudyName, TrialRecord

NAME = StudyName("demo", "demo-knn-proxy-0123", "knn")
FOLDER, OTHER = FolderName("0" * 32, "here:/o"), FolderName("1" * 32, "here:/other")


def trial(number: int, state: str = "COMPLETE", value: float | None = 0.5) -> TrialRecord:
    figures = {"fan/tone": 0.75, "fan/unseen_id": 0.5} if state == "COMPLETE" else {}
    return TrialRecord(number, state, value, {"k": number + 1, "kind": "a"}, figures)


def mirror(
    store: Store,
    trials: Sequence[TrialRecord],
    files: Sequence[Path] = (),
    name: StudyName = NAME,
    folder: FolderName = FOLDER,
    uri: str | None = None,
) -> StudyRuns:
    """What one mirror does, from its start to its end."""
    runs = StudyRuns(store, uri or local_uri(store), name, folder, lambda: None)
    runs.write([(trials, files)])
    return runs


def of(children: Sequence[Run]) -> dict[int, Run]:
    found = {int(run.data.tags["asdbench.trial"]): run for run in children}
    assert len(found) == len(children)
    return found


def test_a_study_is_a_parent_and_its_trials_are_its_children(store: Store, tmp_path: Path) -> None:
    trials = [trial(0), trial(1, "FAIL", None), trial(2, "PRUNED", None), trial(3, value=0.7)]
    (tmp_path / "knn.md").write_text("a report")
    mirror(store, trials, [tmp_path / "knn.md"])
    parents, children, client = runs_of(store, "demo")
    (parent,) = parents.values()
    assert parent.info.run_name == "tune knn"
    assert parent.info.status == "FINISHED"
    assert parent.data.metrics == {"trials": 4, "objective/best": 0.7}
    assert parent.data.tags["asdbench.study"] == "demo-knn-proxy-0123"
    assert [f.path for f in client.list_artifacts(parent.info.run_id, "tuned")] == ["tuned/knn.md"]
    found = of(children)
    assert set(found) == {0, 1, 2, 3}
    for known in trials:
        run = found[known.number]
        assert run.data.tags["mlflow.parentRunId"] == parent.info.run_id
        assert run.data.params == {"k": str(known.number + 1), "kind": "a"}
        assert run.data.tags["asdbench.state"] == known.state
        ended = known.state == "COMPLETE"
        assert run.info.status == ("FINISHED" if ended else "KILLED")
        expected = {"objective": known.value, "fan/tone": 0.75, "fan/unseen_id": 0.5}
        assert run.data.metrics == (expected if ended else {})


def test_a_trial_is_written_once_however_often_it_is_told(store: Store) -> None:
    runs = mirror(store, [trial(0)])
    runs.write([([trial(0), trial(1)], ()), ([trial(0), trial(1), trial(2)], ())])
    first = of(runs_of(store, "demo")[1])
    mirror(store, [trial(0), trial(1), trial(2), trial(3)])
    parents, children, _ = runs_of(store, "demo")
    assert len(parents) == 1
    second = of(children)
    assert set(second) == {0, 1, 2, 3}
    assert all(second[number].info.run_id == first[number].info.run_id for number in first)
    assert next(iter(parents.values())).data.metrics["trials"] == 4


def test_a_trial_that_was_left_half_written_is_written_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(MlflowClient, "log_batch", killed)
        with pytest.raises(KeyboardInterrupt):
            mirror(store, [trial(0)])
    (half,) = runs_of(store, "demo")[1]
    assert half.data.params == {}
    mirror(store, [trial(0)])
    (again,) = runs_of(store, "demo")[1]
    assert again.data.params == {"k": "1", "kind": "a"}
    assert again.data.metrics["objective"] == 0.5


@pytest.mark.parametrize("shared", [False, True])
def test_folders_on_one_server_share_a_study_only_if_they_share_its_trials(
    store: Store, database: Path, tmp_path: Path, shared: bool
) -> None:
    """Else both have a trial 0, of which only the first would be shown."""
    uri = f"sqlite:///{shutil.copy(database, tmp_path / 'server.db')}"
    name = replace(NAME, shared=shared)
    for folder in (FOLDER, OTHER, FOLDER):
        mirror(store, [trial(0), trial(1)], name=name, folder=folder, uri=uri)
    client = MlflowClient(uri)
    runs = client.search_runs([client.get_experiment_by_name("demo").experiment_id])
    parents = [run for run in runs if "asdbench.trial" not in run.data.tags]
    assert len(parents) == (1 if shared else 2)
    assert len(runs) == len(parents) * 3
    places = {run.data.tags.get("asdbench.folder") for run in parents}
    assert places == ({None} if shared else {FOLDER.place, OTHER.place})


def test_every_study_has_its_own_trials_whatever_it_is_called(store: Store) -> None:
    """Names have that of the data folder in them, and quotes are MLflow's own."""
    names = [
        StudyName("demo-o'brien", f"demo-o'brien-knn-{objective}-0123", "knn")
        for objective in ("proxy", "oracle")
    ]
    for _ in range(2):
        for name in names:
            mirror(store, [trial(0), trial(1)], name=name)
    client = MlflowClient(local_uri(store))
    experiment = client.get_experiment_by_name("demo-o'brien")
    runs = client.search_runs([experiment.experiment_id])
    studies = [run.data.tags["asdbench.study"] for run in runs]
    assert sorted(studies) == sorted(name.study for name in names for _ in range(3))
