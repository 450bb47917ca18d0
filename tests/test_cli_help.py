"""Help, the version, and what a shell completes: quick, and nothing heavy is imported."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import asdbench, one_line

from asdbench.cli import complete


def test_the_command_alone_shows_what_there_is_and_examples(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert asdbench() == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    for panel in ("Compare methods", "Recordings", "Use the winner"):
        assert panel in shown.out
    assert "asdbench run --data FOLDER" in shown.out
    assert max(map(len, shown.out.splitlines())) <= 80
    assert asdbench("data") == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    assert "download" in shown.out


def test_every_example_is_a_command_with_its_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert asdbench() == 0
    said = capsys.readouterr().out.partition("Examples:")[2]
    for line in said.split("\n"):
        if words := line.split("   ")[0].split():
            name, *rest = [word for word in words[1:] if word.islower() or word.startswith("-")]
            assert asdbench(*[name, *rest[: name == "detector"], "--help"]) == 0
            help_ = capsys.readouterr().out
            assert all(word in help_ for word in rest if word.startswith("--"))


def test_a_flag_is_shown_to_take_no_value(capsys: pytest.CaptureFixture[str]) -> None:
    assert asdbench("run", "--help") == 0
    [line] = [line for line in capsys.readouterr().out.splitlines() if "--dry-run" in line]
    assert "<" not in line


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert asdbench("--version") == 0
    assert capsys.readouterr().out.startswith("asdbench 0.")


@pytest.mark.parametrize(
    ("words", "near"),
    [
        (("rnu",), "'run'"),
        (("run", "--metods", "knn"), "no option --metods; did you mean --methods?"),
        (("leaderboard", "--fromat", "md"), "no option --fromat; did you mean --format?"),
        (("leaderboard", "--zzz"), "no option --zzz; there are --clips, --data, "),
        (("run", "knn"), "that is a method; write --methods knn"),
        (("detector", "mak", "knn"), "'make'"),
        (("cache", "xyz"), "No such command 'xyz'. There are show, limit, sweep."),
    ],
)
def test_the_nearest_command_or_option_is_named(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], near: str
) -> None:
    assert asdbench(*words) == 2
    assert near in one_line(capsys)


def completed(*words: str, at: Path) -> list[str]:
    """What bash is offered for the last word."""
    code = (
        "import sys\nfrom asdbench import cli\nsys.argv = ['asdbench']\n"
        "try:\n    cli.main()\nfinally:\n"
        "    assert not {'torch', 'mlflow', 'numpy', 'pandas'} & set(sys.modules)\n"
    )
    env = {
        **os.environ,
        "_ASDBENCH_COMPLETE": "complete_bash",
        "COMP_WORDS": " ".join(["asdbench", *words]),
        "COMP_CWORD": str(len(words)),
    }
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=at, env=env, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_a_shell_completes_names_without_importing_what_they_name(tmp_path: Path) -> None:
    began = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    assert "simclr" in completed("run", "--methods", "knn,sim", at=tmp_path)[0]
    took = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - began
    assert took < 1.0  # 0.2 s, however busy the machine is
    assert completed("run", "smo", at=tmp_path) == ["smoke"]
    assert completed("leaderboard", "--format", "h", at=tmp_path) == ["html"]
    (tmp_path / "runs/fans/rows").mkdir(parents=True)
    (tmp_path / "runs/fans/rows/knn.json").touch()
    for command in (["submission", "make"], ["detector", "make"]):
        assert completed(*command, "--from", "runs/fans", "k", at=tmp_path) == ["knn"]


def words(found: object) -> list[str]:
    return [word for word, _ in found]  # type: ignore[attr-defined]


def test_what_is_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.py").touch()
    Path("mine").mkdir()
    for row in ("knn", "knn-wide"):
        Path(f"runs/fans/rows/{row}.json").parent.mkdir(parents=True, exist_ok=True)
        Path(f"runs/fans/rows/{row}.json").touch()
    assert words(complete.methods("kn")) == ["knn"]
    assert words(complete.methods("./mi")) == ["./mine/", "./mine.py"]
    assert words(complete.several_methods("knn,kn")) == []
    assert "all" in words(complete.several_methods(""))
    assert words(complete.experiments("dem")) == ["demo"]
    assert words(complete.settings("knn.k")) == ["knn.k="]
    assert "autoencoder.epochs=" in words(complete.settings("autoencoder.ep"))
    assert words(complete.folders("")) == ["runs/fans"]
    assert words(complete.folders("runs/f")) == ["runs/fans"]

    class Context:
        params = {"out": Path("runs/fans"), "rows": ["knn"]}  # noqa: RUF012

    assert words(complete.rows(Context, "k")) == ["knn-wide"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_of_a_shell_is_shown(
    shell: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("shellingham.detect_shell", lambda *_: (shell, f"/bin/{shell}"))
    assert asdbench("--show-completion") == 0
    assert "_ASDBENCH_COMPLETE" in capsys.readouterr().out


def test_a_dry_run_says_what_it_would_take_and_leaves_nothing(
    wav_tree: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = ("run", "--data", wav_tree(), "--methods", "knn", "--repeats", "1", "--dry-run")
    assert asdbench(*asked) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "demo-tree: 1 repeat, " in shown.err
    assert "1 cell to run, in runs/demo-tree: about " in shown.err
    assert "14 clips to decode into " in shown.err
    assert shown.err.endswith("nothing was run, and nothing written there\n")
    assert not Path("runs").exists()
