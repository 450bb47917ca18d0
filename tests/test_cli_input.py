"""What the command line says to wrong input: one line, and exit code 2."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import asdbench, one_line
from inline import inline

from asdbench import cli


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("run", "--methods", "autoencodr"), "no method 'autoencodr'; did you mean autoencoder?"),
        (("run", "demmo"), "no experiment 'demmo'; did you mean demo?"),
        (("run", "gone.toml"), "cannot read experiment gone.toml: No such file"),
        (("run", "demoo.toml"), "demoo.toml: No such file or directory; did you mean demo?"),
        (("run", "--repeats", "0"), "repeats = 0; choose from 1 to 10,000"),
        (("run", "--jobs", "0"), "--jobs 0: at least one is needed"),
        (("run", "--device", "tpu"), "numerics.device = 'tpu'"),
        (("run", "--engine", "slurm"), "no engine 'slurm'; there are local and ray"),
        (("run", "--set", "autoencoder.epoch=3"), "autoencoder: no field 'epoch'; did you mean"),
        (("run", "--set", "autoencoder.epochs=many"), "autoencoder.epochs = 'many'"),
        (("run", "--set", "autoencoder.lr=nan"), "autoencoder.lr = nan"),
        (("run", "--set", "autoencodr.epochs=3"), "no method 'autoencodr'; did you mean"),
        (("run", "--set", "epochs=3"), "write method.field=value"),
        (("run", "--methods", "knn", "--set", "autoencoder.lr=1"), "'autoencoder' are set, but"),
        (("run", "--methods", "./gone.py"), "no file ./gone.py"),
        (("run", "--methods", ","), "no method is asked for"),
        (("run", "--bogus"), "--bogus"),
        (("run", "--data", "gone"), "gone"),
        (("tune", "knn", "--trials", "0"), "trials = 0"),
        (("tune", "knn", "--objective", "guess"), "no objective 'guess'; there are proxy and"),
        (("leaderboard",), "no results in runs/demo"),
        (("leaderboard", "--out", "x"), "no results in x"),
        (("plan", "--methods", "autoencodr"), "did you mean autoencoder?"),
        (("plan", "smoke", "--repeats", "0"), "repeats = 0; choose from 1 to 10,000"),
        (("check", "nothing"), "no method 'nothing'"),
        (("check", "knn", "--set", "autoencoder.k=3"), "'autoencoder' are set, but what is asked"),
        (("data", "describe", "gone"), "gone"),
        (("data", "download", "dcase2027", "--to", "x"), "no dataset 'dcase2027' to download; did"),
        (("import", "theirs", "gone", "--dataset", "dcase2026"), "'dcase2026' aren't built in"),
        (("ui", "--out", "x"), "no results in x"),
    ],
)
def test_wrong_input_gets_one_line_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], expected: str
) -> None:
    assert asdbench(*words) == 2
    said = one_line(capsys)
    assert said.startswith("asdbench: ")
    assert expected in said
    assert not Path("runs").exists()


def test_a_folder_with_a_broken_wav_names_it(
    wav_tree: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    tree = wav_tree()
    broken = tree / "dev_data" / "fan" / "train" / "normal_id_00_00000077.wav"
    broken.write_bytes(b"RIFF nonsense")
    with inline():
        assert asdbench("run", "--data", tree) == 2
    assert f"cannot read {broken}" in one_line(capsys)


def test_an_empty_folder_says_what_was_looked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    with inline():
        assert asdbench("run", "--data", "empty") == 2
    assert "<machine>/train/*.wav" in one_line(capsys)


def test_an_error_may_be_seen_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASDBENCH_TRACEBACK", "1")
    monkeypatch.setattr(sys, "argv", ["asdbench", "run", "demmo"])
    with pytest.raises(ValueError, match="no experiment 'demmo'"):
        cli.main()


def test_help_and_list_are_quick_and_import_no_torch() -> None:
    for words in (["--help"], ["list"]):
        code = (
            "import sys\nfrom asdbench import cli\nsys.argv = ['asdbench', *sys.argv[1:]]\n"
            "try:\n    cli.main()\nfinally:\n"
            "    heavy = {'torch', 'mlflow', 'sklearn', 'numpy', 'asdbench_methods.knn'}\n"
            "    assert not heavy & set(sys.modules)\n"
        )
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code, *words], check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert after.ru_utime - before.ru_utime < 2.0  # of CPU: 0.3 s on a quiet machine


def test_list_names_everything_that_is_installed(capsys: pytest.CaptureFixture[str]) -> None:
    assert asdbench("list") == 0
    shown = capsys.readouterr().out
    for title in ("methods:", "datasets:", "leaderboards:", "experiments:"):
        assert f"{title}\n" in shown
    assert "  knn " in shown
    assert "  dcase2020 " in shown
    assert "  paper " in shown
