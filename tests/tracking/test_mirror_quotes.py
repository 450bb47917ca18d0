"""Names that MLflow's queries, SQL and addresses could stumble over: a run and a study, twice."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest
from mirrors import in_a_thread, ran
from mlflow import MlflowClient
from studies import BANDS, tuned

from asdbench.config.sqlite import sqlite_path
from asdbench.results.store import Store
from asdbench.tracking.place import local_uri

DATA, OUT = "o'brien's data", "o'brien/r?u#n 100 % [s]"


@pytest.mark.parametrize("shared", [False, True], ids=["own", "shared"])
def test_quotes_in_the_names_of_folders(
    here: Path, database: Path, monkeypatch: pytest.MonkeyPatch, shared: bool
) -> None:
    (here / "data").rename(here / DATA)
    (here / OUT).mkdir(parents=True)
    uri = f"sqlite:///{here}/shared.db" if shared else local_uri(Store(here / OUT))
    shutil.copy(database, str(sqlite_path(uri)))
    (here / "bands.py").write_text(BANDS)
    if shared:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    found = []
    for _ in range(2):
        with in_a_thread():
            ran(here, "knn", data=DATA, out=OUT, repeats=1, mirrored=True)
            tuned(here, recipe="demo", data=DATA, out=OUT, trials=2, mirrored=True)
        found.append(Counter(named(uri)))
    first, second = found
    assert first == second
    rows = {"knn": 1, "knn repeat 0": 1, "leaderboard": 1}
    assert first == rows | {"tune bands": 1, "trial 0": 1, "trial 1": 1}


def named(uri: str) -> list[str]:
    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name(f"demo-{DATA}")
    assert experiment is not None
    return [str(run.info.run_name) for run in client.search_runs([experiment.experiment_id])]
