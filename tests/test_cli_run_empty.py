"""``asdbench run`` where there is nothing to compare."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from commands import asdbench

Tree = Callable[..., Path]


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_run_of_which_nothing_can_be_compared_says_so_and_fails(
    wav_tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = wav_tree()
    for anomaly in tree.rglob("anomaly*.wav"):
        anomaly.unlink()
    assert asdbench("run", "--data", tree, "--methods", "knn", "--repeats", 1) == 1
    shown = capsys.readouterr()
    assert "only normal test clips, so it has no AUC" in shown.out
    assert "nothing can be compared: no machine ID has both" in shown.err
    assert "1 cell run" in shown.err
    asdbench("data", "describe", tree)
    assert "development fan id_00: only normal test clips, so it has no AUC" in shown.out
    assert (
        "development fan id_00: only normal test clips, so it has no AUC" in capsys.readouterr().out
    )
