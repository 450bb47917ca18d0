"""The command line as its users meet it, in one process per command where that matters."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from asdbench import cli

Run = Callable[..., int]
pytestmark = pytest.mark.usefixtures("_shared_mirror")
TWO = "autoencoder,knn"
QUICK = ("--set", "autoencoder.epochs=2")


@pytest.fixture
def _shared_mirror(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One MLflow store for all runs here: making one takes seconds."""
    folder = tmp_path_factory.getbasetemp() / "mlflow"
    folder.mkdir(exist_ok=True)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{folder}/mlflow.db")


@pytest.fixture
def asdbench(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs a command in this process, in a folder of its own; gives its exit code."""
    monkeypatch.chdir(tmp_path)

    def run(*words: object) -> int:
        monkeypatch.setattr(sys, "argv", ["asdbench", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(ended.value.code or 0)

    return run


def scores(out: Path) -> dict[str, bytes]:
    return {path.parent.name: path.read_bytes() for path in out.glob("cells/*/scores.csv")}


def one_line(capsys: pytest.CaptureFixture[str]) -> str:
    said = capsys.readouterr().err
    assert said.count("\n") == 1, said
    return said


@contextmanager
def started(*words: object, cwd: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The command as a process of its own, which doesn't outlive the test."""
    command = [sys.executable, "-m", "asdbench", *map(str, words)]
    with subprocess.Popen(
        command,
        cwd=cwd,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        # Whatever started the tests may ignore Ctrl-C, as a shell's background jobs do.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as run:
        try:
            yield run
        finally:
            with suppress(ProcessLookupError):
                os.killpg(run.pid, signal.SIGKILL)


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def test_a_run_leaves_boards_and_a_second_one_has_nothing_to_do(
    asdbench: Run, wav_tree: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("run", "--data", wav_tree(), "--methods", TWO, "--repeats", 2, *QUICK)
    assert asdbench(*words) == 0
    first = capsys.readouterr()
    out = tmp_path / "runs" / "demo-tree"
    assert "| knn" in first.out
    assert "4 cells run, 0 kept" in first.err
    assert {p.name for p in out.glob("leaderboard.*")} >= {
        "leaderboard.md",
        "leaderboard.csv",
        "leaderboard.json",
    }
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*.csv")}
    assert asdbench(*words) == 0
    second = capsys.readouterr()
    assert second.out == first.out
    assert "0 cells run, 4 kept" in second.err
    assert before == {path: path.stat().st_mtime_ns for path in out.rglob("*.csv")}


def test_scores_do_not_depend_on_jobs_or_company(
    asdbench: Run, wav_tree: Callable[..., Path], tmp_path: Path
) -> None:
    data = ("run", "--data", wav_tree(machines=("fan", "valve")), "--repeats", 2, *QUICK)
    assert asdbench(*data, "--methods", TWO, "--jobs", 1, "--out", "one") == 0
    assert asdbench(*data, "--methods", TWO, "--jobs", 2, "--out", "two") == 0
    assert asdbench(*data, "--methods", "autoencoder", "--out", "alone") == 0
    one, alone = scores(tmp_path / "one"), scores(tmp_path / "alone")
    assert len(one) == 8
    assert one == scores(tmp_path / "two")
    assert alone == {name: text for name, text in one.items() if name.startswith("autoencoder")}


def test_a_killed_run_goes_on_where_it_was(
    asdbench: Run, wav_tree: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = wav_tree(machines=("fan", "pump", "valve"), train=8)
    words = ("run", "--data", data, "--methods", TWO, "--repeats", 2, "--jobs", 1)
    words += ("--set", "autoencoder.epochs=40")
    out = tmp_path / "killed"

    def done() -> int:
        return len(list(out.glob("cells/*/cell.json")))

    for wanted in (1, 5):  # once among the autoencoder's cells, once among knn's
        with started(*words, "--out", out, cwd=tmp_path) as run:
            wait_for(lambda wanted=wanted: done() >= wanted)
            workers = children(run.pid)
            run.kill()
            run.wait()
            wait_for(lambda workers=workers: not any(map(alive, workers)), 10)
    kept = done()
    assert 5 <= kept < 12
    capsys.readouterr()
    assert asdbench(*words, "--out", out) == 0
    assert f"{12 - kept} cells run, {kept} kept" in capsys.readouterr().err
    assert asdbench(*words, "--out", "whole") == 0
    assert scores(out) == scores(tmp_path / "whole")
    assert not list((out / "scratch").iterdir())


def children(pid: int) -> list[int]:
    """The processes below this one."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == pid:
            child = int(path.parent.name)
            found += [child, *children(child)]
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_folder_named_as_the_package_is_not_taken_for_it(
    wav_tree: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "asdbench").mkdir()  # as beside a checkout
    command = shutil.which("asdbench", path=str(Path(sys.executable).parent))
    assert command is not None
    words = ["run", "--data", str(wav_tree()), "--methods", "knn", "--repeats", "1", "--out", "o"]
    done = subprocess.run([command, *words], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_ctrl_c_stops_cleanly_and_says_how_to_go_on(
    wav_tree: Callable[..., Path], tmp_path: Path
) -> None:
    words = ("run", "--data", wav_tree(), "--methods", "autoencoder", "--out", "o")
    with started(*words, "--set", "autoencoder.epochs=100000", cwd=tmp_path) as run:
        wait_for(lambda: bool(list((tmp_path / "o" / "scratch").glob("*/output.txt"))))
        workers = children(run.pid)
        os.killpg(run.pid, signal.SIGINT)
        said = run.communicate(timeout=20)[1].decode()
        assert run.returncode == 130
        assert "run the same command again" in said.splitlines()[-1]
        assert "Traceback" not in said
        wait_for(lambda: not any(map(alive, workers)), 10)


def test_two_runs_cannot_share_a_folder(
    asdbench: Run, wav_tree: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("run", "--data", wav_tree(), "--out", "o", "--methods")
    with started(*words, "autoencoder", "--set", "autoencoder.epochs=100000", cwd=tmp_path):
        wait_for(lambda: bool(list((tmp_path / "o").glob("rows/*.json"))))
        capsys.readouterr()
        assert asdbench(*words, "knn") == 2
        assert "another run is writing to o" in one_line(capsys)


def test_another_test_set_needs_another_folder(
    asdbench: Run, wav_tree: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert asdbench("run", "--data", wav_tree("a"), "--methods", "knn", "--out", "o") == 0
    capsys.readouterr()
    other = wav_tree("b", test=3)
    assert asdbench("run", "--data", other, "--methods", "knn", "--out", "o") == 2
    assert "use another --out" in one_line(capsys)


@pytest.fixture
def stranger(tmp_path: Path) -> Callable[[str, str], Path]:
    """Writes a method's file: the body of ``fit`` and that of ``score``."""

    def write(fit: str, score: str) -> Path:
        path = tmp_path / "stranger.py"
        path.write_text(
            "import os\nfrom dataclasses import dataclass\nfrom typing import ClassVar\n\n"
            "import numpy as np\n\n\n@dataclass\nclass Stranger:\n    '''Odd.'''\n\n"
            "    scope: ClassVar[str] = 'dataset'\n\n"
            f"    def fit(self, train, context):\n        {fit}\n\n"
            f"    def score(self, test):\n        {score}\n"
        )
        return path

    return write


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
    asdbench: Run,
    wav_tree: Callable[..., Path],
    stranger: Callable[[str, str], Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    fit: str,
    score: str,
    reason: str,
) -> None:
    methods = f"{stranger(fit, score)},knn"
    words = ("run", "--data", wav_tree(), "--methods", methods, "--repeats", 1, "--out", "o")
    assert asdbench(*words) == 1
    said = capsys.readouterr()
    assert "| knn" in said.out
    assert reason in " ".join(said.err.split())
    (error,) = (tmp_path / "o" / "cells").glob("stranger-*/error.txt")
    assert reason in error.read_text()
    stranger("pass", "return np.arange(len(test))")
    assert asdbench(*words) == 0  # mended: only the failed cell runs, and its error is gone
    assert "1 cells run, 1 kept" in capsys.readouterr().err
    assert not error.exists()


def test_what_a_method_prints_goes_to_a_file(
    asdbench: Run,
    wav_tree: Callable[..., Path],
    stranger: Callable[[str, str], Path],
    capfd: pytest.CaptureFixture[str],
) -> None:
    path = stranger("print('chatter'); os.system('echo more chatter')", "return [0.0] * len(test)")
    assert asdbench("run", "--data", wav_tree(), "--methods", path, "--repeats", 1) == 0
    assert "chatter" not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("run", "--methods", "autoencodr"), "no method 'autoencodr'; did you mean autoencoder?"),
        (("run", "demmo"), "no experiment 'demmo'; did you mean demo?"),
        (("run", "gone.toml"), "cannot read experiment gone.toml: No such file"),
        (("run", "--repeats", "0"), "repeats = 0; at least one is needed"),
        (("run", "--jobs", "0"), "--jobs 0: at least one is needed"),
        (("run", "--device", "tpu"), "numerics.device = 'tpu'"),
        (("run", "--set", "autoencoder.epoch=3"), "autoencoder: no field 'epoch'; did you mean"),
        (("run", "--set", "autoencoder.epochs=many"), "autoencoder.epochs = 'many'"),
        (("run", "--set", "autoencoder.lr=nan"), "autoencoder.lr = nan"),
        (("run", "--set", "autoencodr.epochs=3"), "no method 'autoencodr'; did you mean"),
        (("run", "--set", "epochs=3"), "write method.field=value"),
        (("run", "--methods", "./gone.py"), "no file ./gone.py"),
        (("run", "--bogus"), "--bogus"),
        (("run", "--data", "gone"), "gone"),
        (("leaderboard",), "no results in runs/demo"),
        (("leaderboard", "--out", "x"), "no results in x"),
        (("check", "nothing"), "no method 'nothing'"),
        (("data", "describe", "gone"), "gone"),
        (("data", "download", "dcase2021", "--to", "x"), "no download of 'dcase2021'"),
    ],
)
def test_wrong_input_gets_one_line_and_exit_code_2(
    asdbench: Run, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], expected: str
) -> None:
    assert asdbench(*words) == 2
    said = one_line(capsys)
    assert said.startswith("asdbench: ")
    assert expected in said


def test_a_folder_with_a_broken_wav_names_it(
    asdbench: Run, wav_tree: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    tree = wav_tree()
    broken = tree / "dev_data" / "fan" / "train" / "normal_id_00_00000077.wav"
    broken.write_bytes(b"RIFF nonsense")
    assert asdbench("run", "--data", tree) == 2
    assert f"cannot read {broken}" in one_line(capsys)


def test_an_empty_folder_says_what_was_looked_for(
    asdbench: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    assert asdbench("run", "--data", "empty") == 2
    assert "<machine>/train/*.wav" in one_line(capsys)


def test_a_full_disk_is_said_in_one_line_and_loses_nothing(
    asdbench: Run,
    wav_tree: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ("run", "--data", wav_tree(), "--methods", "knn", "--repeats", 2, "--out", "o")
    real, calls = os.fsync, []

    def full(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == 8:  # the first cell is written by then, the second is not
            raise OSError(28, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    assert asdbench(*words, "--jobs", 1) == 2
    assert "is full; nothing that is done is lost" in capsys.readouterr().err
    assert asdbench(*words) == 0
    assert "1 cells run, 1 kept" in capsys.readouterr().err


def test_synthetic_clips_written_out_give_the_same_scores(asdbench: Run, tmp_path: Path) -> None:
    words = ("--methods", "knn", "--repeats", 1)
    assert asdbench("data", "synthesize", "tree", "--experiment", "smoke") == 0
    assert asdbench("run", "smoke", *words, "--out", "memory") == 0
    assert asdbench("run", "smoke", *words, "--data", "tree", "--out", "disk") == 0
    memory = scores(tmp_path / "memory")
    assert len(memory) == 2
    assert memory == scores(tmp_path / "disk")


def test_help_and_list_are_quick_and_import_no_torch(tmp_path: Path) -> None:
    for words in (["--help"], ["list"]):
        code = (
            "import sys\nfrom asdbench import cli\nsys.argv = ['asdbench', *sys.argv[1:]]\n"
            "try:\n    cli.main()\nfinally:\n"
            "    heavy = {'torch', 'mlflow', 'sklearn', 'numpy', 'asdbench_methods.knn'}\n"
            "    assert not heavy & set(sys.modules)\n"
        )
        began = time.monotonic()
        subprocess.run([sys.executable, "-c", code, *words], check=True, capture_output=True)
        assert time.monotonic() - began < 2.0  # 0.3 s on a quiet machine
