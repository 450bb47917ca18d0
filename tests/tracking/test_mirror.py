"""The MLflow mirror, on a real store and on servers that don't answer."""

from __future__ import annotations

import json
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.entities import Run

from asdbench import cli

METHODS = ("--methods", "autoencoder,knn", "--set", "autoencoder.epochs=3")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., int]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)

    def call(*words: object) -> int:
        monkeypatch.setattr(sys, "argv", ["asdbench", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(ended.value.code or 0)

    return call


def runs_of(folder: Path, experiment: str) -> tuple[dict[str, Run], list[Run], MlflowClient]:
    """Parents by label, children, and the client."""
    client = MlflowClient(f"sqlite:///{folder.resolve()}/mlflow.db")
    found = client.get_experiment_by_name(experiment)
    assert found is not None
    runs = list(client.search_runs([found.experiment_id]))
    children = [r for r in runs if "mlflow.parentRunId" in r.data.tags]
    parents = {r.info.run_name: r for r in runs if "mlflow.parentRunId" not in r.data.tags}
    return parents, children, client


def test_rows_are_parents_and_repeats_their_children(
    run: Callable[..., int], wav_tree: Callable[..., Path], tmp_path: Path
) -> None:
    words = ("run", "--data", wav_tree(machines=("fan", "valve")), *METHODS, "--out", "o")
    assert run(*words, "--repeats", 2) == 0
    parents, children, client = runs_of(tmp_path / "o", "demo-tree")
    assert set(parents) == {"autoencoder", "knn"}
    board = json.loads((tmp_path / "o" / "leaderboard.json").read_text())
    row = next(r for r in board["rows"] if r["label"] == "autoencoder")
    parent = parents["autoencoder"]
    metrics = parent.data.metrics
    assert metrics["development/auc"] == row["auc"]["mean"]
    assert metrics["development/auc/sd"] == row["auc"]["sd"]
    assert metrics["development/auc/min"] == min(row["auc"]["values"])
    of_fan = row["machines"]["fan"]["ids"]["00"]["pauc"]
    assert metrics["development/fan/id_00/pauc"] == of_fan["mean"]
    assert parent.data.params["epochs"] == "3"
    mine = [r for r in children if r.data.tags["mlflow.parentRunId"] == parent.info.run_id]
    assert sorted(r.data.tags["asdbench.repeat"] for r in mine) == ["0", "1"]
    for child in mine:
        repeat = int(child.data.tags["asdbench.repeat"])
        assert child.info.status == "FINISHED"
        assert child.data.metrics["development/auc"] == row["auc"]["values"][repeat]
        for machine in ("fan", "valve"):
            curve = client.get_metric_history(child.info.run_id, f"train/{machine}/loss")
            assert [m.step for m in curve] == [1, 2, 3]
            files = client.list_artifacts(child.info.run_id, f"scores/{machine}")
            assert [f.path for f in files] == [f"scores/{machine}/scores.csv"]
        assert child.data.tags["asdbench.device"] == "cpu"
        assert "torch" in child.data.tags["asdbench.versions"]


def test_more_repeats_join_their_parent_and_a_deleted_store_is_rebuilt(
    run: Callable[..., int], wav_tree: Callable[..., Path], tmp_path: Path
) -> None:
    words = ("run", "--data", wav_tree(), *METHODS, "--out", "o")
    assert run(*words, "--repeats", 1) == 0
    first, children, _ = runs_of(tmp_path / "o", "demo-tree")
    assert len(children) == 2
    assert "development/auc/sd" not in first["autoencoder"].data.metrics
    assert run(*words, "--repeats", 2) == 0
    second, children, _ = runs_of(tmp_path / "o", "demo-tree")
    assert len(children) == 4
    assert {p.info.run_id for p in first.values()} == {p.info.run_id for p in second.values()}
    (tmp_path / "o" / "mlflow.db").unlink()
    shutil.rmtree(tmp_path / "o" / "mlartifacts")
    assert run(*words, "--repeats", 2) == 0
    third, children, client = runs_of(tmp_path / "o", "demo-tree")
    assert len(children) == 4
    for label, parent in second.items():
        assert third[label].data.metrics == parent.data.metrics
    curves = [client.get_metric_history(c.info.run_id, "train/loss") for c in children]
    assert sorted(len(curve) for curve in curves) == [0, 0, 3, 3]  # knn has none


@pytest.fixture
def silent_server() -> Iterator[str]:
    """Takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def dead_server() -> str:
    """An address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize("server", ["silent_server", "dead_server"])
def test_a_server_that_does_not_answer_costs_seconds_and_is_caught_up_with_later(
    run: Callable[..., int],
    wav_tree: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
    server: str,
) -> None:
    words = ("run", "--data", wav_tree(), "--methods", "knn", "--repeats", 1, "--out", "o")
    assert run(*words, "--out", "warm") == 0  # imports and caches are paid for here
    monkeypatch.setenv("MLFLOW_TRACKING_URI", request.getfixturevalue(server))
    began = time.monotonic()
    assert run(*words) == 0
    assert time.monotonic() - began < 15
    said = capsys.readouterr()
    assert "| knn" in said.out
    assert "is behind" in said.err
    assert "the results are safe" in " ".join(said.err.split())
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    assert run(*words) == 0
    assert "0 cells run, 1 kept" in capsys.readouterr().err
    assert set(runs_of(tmp_path / "o", "demo-tree")[0]) == {"knn"}


def test_an_unfinished_repeat_is_made_again(
    run: Callable[..., int], wav_tree: Callable[..., Path], tmp_path: Path
) -> None:
    words = ("run", "--data", wav_tree(), *METHODS, "--out", "o")
    assert run(*words, "--repeats", 1) == 0
    _, children, client = runs_of(tmp_path / "o", "demo-tree")
    broken = children[0]
    client.delete_tag(broken.info.run_id, "asdbench.complete")
    (tmp_path / "o" / "mirrored.json").unlink()
    assert run(*words, "--repeats", 1) == 0
    _, again, _ = runs_of(tmp_path / "o", "demo-tree")
    assert len(again) == len(children)
    assert broken.info.run_id not in {child.info.run_id for child in again}
    assert all(child.data.tags["asdbench.complete"] for child in again)
