"""A folder that was moved, and a clock that was set back: what is done stays done."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import asdbench, scores
from inline import inline

DAY = 86400


@pytest.fixture
def done(
    wav_tree: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> list[object]:
    """The words of a run that is done, all but its output folder, ``runs/first``."""
    monkeypatch.setenv("ASDBENCH_CACHE", str(tmp_path / "cache"))
    words = ["run", "--data", wav_tree(), "--repeats", 1, "--methods"]
    with inline():
        assert asdbench(*words, "knn", "--out", tmp_path / "runs" / "first") == 0
    return words


def test_a_folder_that_was_moved_goes_on_where_it_was(
    done: list[object], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = scores(tmp_path / "runs" / "first")
    moved = tmp_path / "another disk" / "kept"
    moved.parent.mkdir()
    (tmp_path / "runs" / "first").rename(moved)
    with inline():
        assert (
            asdbench(*done, "knn,autoencoder", "--set", "autoencoder.epochs=1", "--out", moved) == 0
        )
    assert "1 cell run, 1 kept" in capsys.readouterr().err
    assert before.items() <= scores(moved).items()
    assert asdbench("leaderboard", "--out", moved) == 0
    assert {"knn", "autoencoder"} <= set(capsys.readouterr().out.replace("*", " ").split())
    assert not (tmp_path / "runs" / "first").exists()


def test_a_clock_that_was_set_back_changes_nothing(
    done: list[object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """All that there is, recordings and cache too, is of a year from now."""
    before, out = scores(tmp_path / "runs" / "first"), tmp_path / "runs" / "first"
    for path in [tmp_path, *tmp_path.rglob("*")]:
        os.utime(path, (time.time() + 365 * DAY,) * 2)
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() - 30 * DAY)
    with inline():
        assert (
            asdbench(*done, "knn,autoencoder", "--set", "autoencoder.epochs=1", "--out", out) == 0
        )
        assert "1 cell run, 1 kept" in capsys.readouterr().err
        assert asdbench(*done, "knn", "--out", out) == 0
    said = capsys.readouterr()
    assert "0 cells run, 1 kept" in said.err
    assert "autoencoder" in said.out
    assert before.items() <= scores(out).items()
    assert asdbench("cache", "show") == 0
    assert "used 0 days ago" in capsys.readouterr().out
    gc.collect()  # a bank of this process that nothing uses any more is held until then
    assert asdbench("cache", "sweep", "--to", "0") == 0
    assert capsys.readouterr().out.endswith(f"0 kB in {tmp_path / 'cache'}\n")
