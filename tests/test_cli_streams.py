"""Letters that are missing, pipes that nobody reads, nothing open: none of it ends a run."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from commands import asdbench
from folders import DEV, Folder

NOT_UTF_8 = os.fsdecode(b"caf\xe9.wav")


@pytest.fixture
def results(tmp_path: Path) -> Folder:
    """A row of two repeats, whose mean has a spread."""
    folder = Folder(tmp_path / "o")
    folder.row("knn", [["a"], ["b"]])
    folder.cell("a", {("fan", "00", DEV): ([0, 1, 2], [0.5, 5], [])})
    folder.cell("b", {("fan", "00", DEV): ([0, 1, 2], [0.5, 6], [])})
    return folder


def command(*words: object, **options: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, **options}
    line = [sys.executable, "-m", "asdbench", *map(str, words)]
    return subprocess.run(line, capture_output=True, env=environment)


def test_ascii_gets_a_board_in_ascii(results: Folder) -> None:
    done = command("leaderboard", "--out", results.path, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, b"")
    assert "| knn" in done.stdout.decode("ascii")
    assert " +- " in done.stdout.decode("ascii")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_letter_that_a_stream_has_not_is_written_as_its_number(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    streams = [io.TextIOWrapper(io.BytesIO(), encoding=encoding) for _ in range(2)]
    monkeypatch.setattr(sys, "stdout", streams[0])
    monkeypatch.setattr(sys, "stderr", streams[1])
    assert asdbench("run", "--data", NOT_UTF_8 + "Ω") == 2
    streams[1].seek(0)
    said = streams[1].buffer.read().decode(encoding)
    assert "caf\\xe9.wav" in said
    assert ("Ω" if encoding == "utf-8" else "\\u03a9") in said


@pytest.mark.parametrize(
    "words", ["--help", "list", "leaderboard --out {}", "data describe --help"]
)
def test_a_pipe_that_nobody_reads_is_no_failure(words: str, results: Folder) -> None:
    line = (
        f"{sys.executable} -m asdbench {words.format(results.path)} | true; echo ${{PIPESTATUS[0]}}"
    )
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, cwd="/")
    assert (done.stdout, done.stderr) == ("0\n", "")


def test_nothing_is_open_and_nothing_is_lost(results: Folder) -> None:
    line = f"{sys.executable} -m asdbench leaderboard --out {results.path} >&- 2>&-"
    assert subprocess.run(["bash", "-c", line]).returncode == 0
