"""Runs that are killed, and runs that are stopped: nothing is lost, and nobody is left."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import asdbench, scores, started
from inline import inline
from processes import alive, children, wait_for
from waiting import waits_in

from asdbench.config.seeds import derive
from asdbench.results.store import Store

Tree = Callable[..., Path]


@pytest.mark.parametrize(
    ("stop", "module", "below"),
    [(signal.SIGKILL, "unmirrored", 2), (signal.SIGINT, "asdbench", 3)],
    ids=["killed", "ctrl-c"],
)
def test_a_run_that_is_stopped_goes_on_where_it_was(
    wav_tree: Tree,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    stop: signal.Signals,
    module: str,
    below: int,
) -> None:
    """In the middle of the second repeat's first cell; its server of workers and mirror end too."""
    go, out = tmp_path / "go", tmp_path / "o"
    methods = f"{waits_in(tmp_path)},autoencoder,knn"
    words = ["run", "--data", wav_tree(), "--methods", methods, "--repeats", 2, "--jobs", 1]
    words += ["--set", f"waits.until={go}", "--set", f"waits.seed={derive(0, 1)}"]
    words += ["--set", "autoencoder.epochs=2", "--out"]
    with started(*words, out, at=tmp_path, module=module) as run:
        wait_for(lambda: list(out.glob("scratch/waits-all-r1-*/*/begun")) or run.poll())
        processes = children(run.pid)
        assert len(processes) == below
        os.kill(run.pid, stop)
        said = run.communicate(timeout=5)[1]
        wait_for(lambda: not any(map(alive, processes)), 10)
    if stop == signal.SIGINT:
        assert run.returncode == 130
        assert "run the same command again" in said.splitlines()[-1]
        assert "Traceback" not in said
    assert len(scores(out)) == 3
    go.touch()
    with inline():
        assert asdbench(*words, out) == 0
        assert "3 cells run, 3 kept" in capsys.readouterr().err
        assert asdbench(*words, tmp_path / "whole") == 0
    assert scores(out) == scores(tmp_path / "whole")
    (second,) = out.glob("cells/waits-all-r1-*")
    assert Store(out).history(second.name)[0]["resumed"] == "1.0"  # in the folder of before
    assert not list((out / "scratch").iterdir())


def test_a_run_that_is_terminated_says_how_to_go_on_and_nobody_is_left(
    wav_tree: Tree, tmp_path: Path
) -> None:
    """As by a queue whose time is up, or a computer that shuts down."""
    out = tmp_path / "o"
    words = ["run", "--data", wav_tree(), "--methods", waits_in(tmp_path), "--repeats", 1]
    words += ["--jobs", 1, "--set", f"waits.until={tmp_path / 'never'}", "--out", out]
    with started(*words, at=tmp_path) as run:
        wait_for(lambda: list(out.glob("scratch/waits-*/*/begun")) or run.poll())
        processes = children(run.pid)
        run.terminate()
        said = run.communicate(timeout=5)[1]
        wait_for(lambda: not any(map(alive, processes)), 5)
    assert run.returncode == 130
    assert "run the same command again" in said.splitlines()[-1]
    assert "Traceback" not in said
