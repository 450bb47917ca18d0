"""What is said of a run before it is run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from inline import inline

import asdbench
from asdbench.ahead import dry_run, plan


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_dry_run_takes_what_a_run_takes_and_runs_nothing(wav_tree: Callable[..., Path]) -> None:
    asked = {"methods": ["knn"], "data": wav_tree(), "repeats": 2, "out": "o"}
    before = dry_run(**asked)
    assert [(row.label, row.cells, row.done) for row in before.planned.rows] == [("knn", 2, 0)]
    assert (before.decoded, before.folder, before.planned.seconds) == (False, Path("o"), None)
    assert not Path("o").exists()
    with inline():
        asdbench.run(**{**asked, "repeats": 1})
    after = dry_run(**asked)
    assert after.decoded
    [row] = after.planned.rows
    assert (row.cells, row.done) == (2, 1)
    assert row.seconds is not None
    assert [row.done for row in dry_run(**asked, force=True).planned.rows] == [0]
    with pytest.raises(ValueError, match="no method 'knnn'"):
        dry_run(methods="knnn")


def test_a_plan_says_which_figure_will_rank() -> None:
    [outlook] = plan("smoke", methods=["knn"])
    assert outlook.ranks == "mean_auc_pauc"
    assert {one.ranks for one in plan("first-shot", methods=["knn"])} == {"official"}
