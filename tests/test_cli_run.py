"""``asdbench run`` as its users meet it: what it runs, prints and leaves, and what it ends with."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import asdbench, one_line, scores
from inline import inline
from plugin_files import LOUDNESS, installed_in, written
from warm import warm

from asdbench.config.plugins import LEADERBOARDS
from asdbench.results.store import Store

TWO = "autoencoder,knn"
QUICK = ("--set", "autoencoder.epochs=2")
Tree = Callable[..., Path]


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_run_leaves_boards_and_a_second_one_has_nothing_to_do(
    wav_tree: Tree,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first is the command as it is installed, beside a folder named as the package."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    (tmp_path / "asdbench").mkdir()
    command = shutil.which("asdbench", path=str(Path(sys.executable).parent))
    assert command is not None
    words = ["run", "--data", str(wav_tree()), "--methods", TWO, "--repeats", "2", *QUICK]
    first = subprocess.run([command, *words], capture_output=True, text=True)
    assert first.returncode == 0, first.stderr
    out = tmp_path / "runs" / "demo-tree"
    assert "| knn" in first.stdout
    assert "4 cells run, 0 kept" in first.stderr
    assert {path.suffix for path in out.glob("leaderboard.*")} == (
        {".md", ".html", ".tex", ".csv", ".json"}
    )
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*.csv")}
    assert asdbench(*words) == 0
    second = capsys.readouterr()
    assert second.out == first.stdout
    assert "0 cells run, 4 kept" in second.err
    assert before == {path: path.stat().st_mtime_ns for path in out.rglob("*.csv")}


def test_scores_do_not_depend_on_jobs_or_company(wav_tree: Tree, tmp_path: Path) -> None:
    data = ("run", "--data", wav_tree(machines=("fan", "valve")), "--repeats", 2, *QUICK)
    with warm():
        assert asdbench(*data, "--methods", TWO, "--jobs", 1, "--out", "one") == 0
        assert asdbench(*data, "--methods", TWO, "--jobs", 2, "--out", "two") == 0
        assert asdbench(*data, "--methods", "autoencoder", "--out", "alone") == 0
    one, alone = scores(tmp_path / "one"), scores(tmp_path / "alone")
    assert len(one) == 8
    assert one == scores(tmp_path / "two")
    assert alone == {name: text for name, text in one.items() if name.startswith("autoencoder")}


def test_two_runs_cannot_share_a_folder(wav_tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    with inline(), Store(Path("o")).opened({"development": "a set"}, "another run"):
        assert asdbench("run", "--data", wav_tree(), "--out", "o", "--methods", "knn") == 2
    assert "another run is writing to o" in one_line(capsys)


def test_another_test_set_needs_another_folder(
    wav_tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--methods", "knn", "--repeats", 1, "--out", "o")
    with inline():
        assert asdbench("run", "--data", wav_tree("a"), *words) == 0
        capsys.readouterr()
        assert asdbench("run", "--data", wav_tree("b", test=3), *words) == 2
    assert "use another --out" in one_line(capsys)


STRANGER = """
    import os
    from dataclasses import dataclass
    from typing import ClassVar

    import numpy as np

    @dataclass
    class Stranger:
        '''Odd.'''
        scope: ClassVar[str] = "dataset"

        def fit(self, train, context):
            {}

        def score(self, test):
            {}
"""


def stranger(fit: str, score: str) -> Path:
    """A method's file: the body of ``fit`` and that of ``score``."""
    return written(Path("stranger.py"), STRANGER.format(fit, score))


@pytest.mark.parametrize(
    ("fit", "score", "reason"),
    [
        ("raise KeyError('odd')", "pass", "KeyError: 'odd'"),
        ("os._exit(3)", "pass", "exit code 3"),
        ("os.kill(os.getpid(), 9)", "pass", "SIGKILL"),
        ("raise SystemExit(0)", "pass", "SystemExit"),
        ("pass", "return np.full(len(test), np.nan)", "8 NaN or infinite values of 8"),
        ("pass", "return np.zeros(3)", "score gave shape (3,) for 8 clips"),
    ],
)
def test_a_failing_cell_stops_no_other(
    wav_tree: Tree, capsys: pytest.CaptureFixture[str], fit: str, score: str, reason: str
) -> None:
    methods = f"{stranger(fit, score)},knn"
    words = ("run", "--data", wav_tree(), "--methods", methods, "--repeats", 1, "--out", "o")
    with warm():
        assert asdbench(*words) == 1
        said = capsys.readouterr()
        assert "| knn" in said.out
        assert reason in " ".join(said.err.split())
        (error,) = Path("o/cells").glob("stranger-*/error.txt")
        assert f"(see {error})" in said.err
        assert reason in error.read_text()
        stranger("pass", "return np.arange(len(test))")
        assert asdbench(*words) == 0  # mended: only the failed cell runs, and its error is gone
    assert "1 cell run, 1 kept" in capsys.readouterr().err
    assert not error.exists()


def test_what_a_method_prints_goes_to_a_file(
    wav_tree: Tree, capfd: pytest.CaptureFixture[str]
) -> None:
    path = stranger("print('chatter'); os.system('echo more chatter')", "return [0.0] * len(test)")
    with warm():
        assert asdbench("run", "--data", wav_tree(), "--methods", path, "--repeats", 1) == 0
    assert "chatter" not in "".join(capfd.readouterr())


def test_a_broken_format_hides_no_failed_cell(
    wav_tree: Tree,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The format that is printed, of a plugin that comes before the one that is installed."""
    monkeypatch.syspath_prepend(tmp_path)
    broken = "def render(board):\n    '''Broken.'''\n    raise RuntimeError('no ink')"
    installed_in(tmp_path, "aaa", broken, entry="md = {module}:render", group=LEADERBOARDS)
    methods = f"{stranger('raise KeyError(1)', 'pass')},{written(Path('loudness.py'), LOUDNESS)}"
    words = ("run", "--data", wav_tree(), "--methods", methods, "--repeats", 1, "--out", "o")
    with inline():
        assert asdbench(*words) == 1
    said = capsys.readouterr()
    assert said.out == ""
    lines = said.err.splitlines()
    assert [line for line in lines if line.startswith("failed: stranger-all-r0-")]
    assert "broken: leaderboard 'md' can't be rendered: RuntimeError: no ink" in lines
    assert lines[-1] == "1 cell run, 0 kept from before; in o"
    assert Path("o/leaderboard.csv").exists()
    assert not Path("o/leaderboard.md").exists()


def test_a_full_disk_is_said_in_one_line_and_loses_nothing(
    wav_tree: Tree, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("run", "--data", wav_tree(), "--methods", "knn", "--repeats", 2, "--out", "o")
    real, first = os.fsync, Path("o/cells")

    def full(descriptor: int) -> None:
        if list(first.glob("*-r1-*")):  # the first cell is written by then, the second is not
            raise OSError(28, "No space left on device")
        real(descriptor)

    with inline():
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            assert asdbench(*words) == 2
        assert "is full; nothing that is done is lost" in capsys.readouterr().err.splitlines()[-1]
        assert asdbench(*words) == 0
    assert "1 cell run, 1 kept" in capsys.readouterr().err


def test_synthetic_clips_written_out_give_the_same_scores(tmp_path: Path) -> None:
    words = ("--methods", "knn", "--repeats", 1)
    with inline():
        assert asdbench("data", "synthesize", "tree", "--experiment", "smoke") == 0
        assert asdbench("run", "smoke", *words, "--out", "memory") == 0
        assert asdbench("run", "smoke", *words, "--data", "tree", "--out", "disk") == 0
    memory = scores(tmp_path / "memory")
    assert len(memory) == 2
    assert memory == scores(tmp_path / "disk")


def test_a_recipe_that_is_not_the_papers_is_said_where_data_are_given(
    wav_tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    with inline():
        words = ("--methods", "knn", "--repeats", 1, "--data", wav_tree())
        assert asdbench("run", "smoke", *words) == 0
    assert capsys.readouterr().err.startswith(
        "the recipe is 'smoke'; the papers' own are in `paper`\n"
    )


def test_fields_of_a_method_that_is_not_asked_for_are_an_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert asdbench("run", "smoke", "--methods", "knn", "--set", "autoencoder.k=3") == 2
    assert one_line(capsys) == (
        "asdbench: fields of 'autoencoder' are set, but what is asked for is knn\n"
    )
    assert not Path("runs").exists()


def test_check_prints_each_rule_and_ends_with_whether_all_are_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    method = written(tmp_path / "loudness.py", LOUDNESS)
    with warm():
        assert asdbench("check", method) == 0
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) == 11
        assert all(line.startswith("ok   ") for line in lines)
        assert asdbench("check", method, "--set", "loudness.sign=-1") == 1
    [failed] = [x for x in capsys.readouterr().out.splitlines() if x.startswith("FAIL ")]
    assert failed == "FAIL noise scores higher than the machine: AUC 0.00"
