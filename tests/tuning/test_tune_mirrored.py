"""A study in MLflow, from `asdbench.tune` on: on a real store, by a process of its own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from mirrors import empty_database, runs_of
from studies import ONE_MACHINE, study_in, tuned, written

from asdbench.results.store import Store
from asdbench.tuning import tune


def test_trials_are_children_of_the_study_in_mlflow(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    folder = written(tmp_path, recipe=ONE_MACHINE)
    (folder / "o").mkdir()
    shutil.copy(empty_database(tmp_path_factory), folder / "o" / "mlflow.db")
    found = tuned(folder, trials=4, mirrored=True)
    assert isinstance(found, tune.Tuned)
    parents, children, client = runs_of(Store(folder / "o"), "some")
    (parent,) = parents.values()
    trials = {int(run.data.tags["asdbench.trial"]): run for run in children}
    known = study_in(folder / "o")
    assert set(trials) == set(range(4))
    assert len(children) == 4
    assert parent.info.run_name == "tune bands"
    assert parent.info.status == "FINISHED"
    values = [value for _, _, _, value, *_ in known if value is not None]
    assert parent.data.metrics["objective/best"] == max(values)
    for number, state, params, value, figures, _ in known:
        run = trials[number]
        assert run.data.tags["mlflow.parentRunId"] == parent.info.run_id
        assert run.data.params == {name: str(found) for name, found in params.items()}
        assert run.data.tags["asdbench.state"] == state.name
        assert run.data.metrics.get("objective") == value
        for instance, figure in json.loads(figures or "{}").items():
            assert run.data.metrics[instance] == figure
    files = {file.path for file in client.list_artifacts(parent.info.run_id, "tuned")}
    assert files == {"tuned/bands.toml", "tuned/bands.md", "tuned/bands.html"}
