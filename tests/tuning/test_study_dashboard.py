"""What Optuna's own dashboard shows of a study: its server is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_spaces import opened
from werkzeug.test import Client

from asdbench.tuning import storage
from asdbench.tuning.instances import Instance
from asdbench.tuning.study import READING, Study

dashboard = pytest.importorskip("optuna_dashboard")
TONE, WARP = Instance("fan", "tone"), Instance("fan", "warp")


def shown(folder: Path, path: str) -> dict[str, Any]:
    client = Client(dashboard.wsgi(storage.opened(f"sqlite:///{folder}/study.db")))
    answer = client.get(f"/api/studies{path}")
    assert answer.status_code == 200
    return dict(answer.get_json())


def test_it_shows_names_the_objective_figures_on_the_way_and_a_note(tmp_path: Path) -> None:
    study = opened(tmp_path, about="knn on demo: what it means")
    (trial,) = study.ask(1, 5)
    study.report(trial, 0.25, 0)
    study.report(trial, 0.75, 1)
    study.tell(trial, 0.5, {TONE: 0.73219, WARP: 0.5})
    (summary,) = shown(tmp_path, "")["study_summaries"]
    assert summary["study_name"] == study.name
    found = shown(tmp_path, f"/{summary['study_id']}?after=0")
    assert found["objective_names"] == ["objective"]
    (one,) = found["trials"]
    assert one["values"] == [0.5]
    assert [value["value"] for value in one["intermediate_values"]] == [0.25, 0.75]
    attributes = {item["key"]: item["value"] for item in one["user_attrs"]}
    assert attributes["figure of fan/tone"] == "0.7322"
    assert found["note"]["body"] == f"knn on demo: what it means.\n\n{READING}"


def test_a_note_that_somebody_wrote_stays(tmp_path: Path) -> None:
    study: Study = opened(tmp_path, about="what it means")
    dashboard.save_note(study.optuna, "mine")
    assert dashboard.get_note(opened(tmp_path, about="what it means").optuna) == "mine"
