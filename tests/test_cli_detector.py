"""Detectors as commands: what they print, what they write, and their exit codes."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from commands import asdbench
from small_detectors import hiss
from warm import warm


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run of the smoke experiment, and a detector of its knn."""
    folder = tmp_path_factory.mktemp("home")
    with warm():
        assert asdbench("run", "smoke", "--methods", "knn", "--repeats", "1", at=folder) == 0
    made = ("detector", "make", "knn", "--from", "runs/smoke", "--to", "fans")
    assert asdbench(*made, at=folder) == 0
    return folder


@pytest.fixture
def day(tmp_path: Path) -> Path:
    folder = tmp_path / "day" / "fan" / "id_00"
    folder.mkdir(parents=True)
    for number in range(3):
        soundfile.write(folder / f"{number}.wav", hiss(seed=number), 16000)
    return tmp_path / "day"


def test_make_says_what_the_threshold_promises(home: Path, capfd: pytest.CaptureFixture) -> None:
    made = ("detector", "make", "knn", "--from", "runs/smoke", "--to", "other")
    assert asdbench(*made, "--threshold", "alarms:1", at=home) == 0
    told = capfd.readouterr()
    assert "thresholds (alarms:1)" in told.out
    assert "false alarms a day (95 %" in told.out
    assert told.out.count("so few training clips can't promise fewer\n") == 1
    assert "next: asdbench score other" in told.err


def test_fit_needs_no_test_clips(
    wav_tree: Callable[..., Path], tmp_path: Path, capfd: pytest.CaptureFixture
) -> None:
    tree = wav_tree(train=4)
    options = ("--data", tree, "--to", "d", "--experiment", "smoke", "--set", "knn.k=2")
    with warm():
        assert asdbench("detector", "fit", "knn", *options, at=tmp_path) == 0
    assert "d: detector of knn, its only fit" in capfd.readouterr().err
    assert '"k": 2' in (tmp_path / "d" / "README.md").read_text()


def test_a_day_is_scored_and_broken_files_tell_by_the_exit_code(
    home: Path, day: Path, tmp_path: Path, capfd: pytest.CaptureFixture
) -> None:
    ask = ("score", home / "fans", day, "--out", "scores.csv", "--windows", "windows.csv")
    assert asdbench(*ask, "--report", "report.html", "--top", "2", at=tmp_path) == 0
    told = capfd.readouterr()
    assert told.out == ""
    assert "3 files scored, 0 not; 3 alarms at gamma:0.9, 3 with warnings" in told.err
    assert "the 2 most anomalous clips: report.html" in told.err
    with open(tmp_path / "scores.csv", newline="") as file:
        assert [one["alarm"] for one in csv.DictReader(file)] == ["1"] * 3
    (day / "fan" / "broken.wav").write_text("no sound")
    assert asdbench(*ask, at=tmp_path) == 1
    assert "not scored: " in capfd.readouterr().err


def test_scores_are_printed_where_no_file_is_named(
    home: Path, day: Path, capfd: pytest.CaptureFixture
) -> None:
    assert asdbench("score", home / "fans", day, "--threshold", "quantile:0.5") == 0
    lines = list(csv.DictReader(capfd.readouterr().out.splitlines()))
    assert len(lines) == 3
    assert {one["threshold_name"] for one in lines} == {"quantile:0.5"}


def test_a_picture_of_a_clip(
    home: Path, day: Path, tmp_path: Path, capfd: pytest.CaptureFixture
) -> None:
    file = next(day.rglob("*.wav"))
    assert asdbench("explain", home / "fans", file, "--to", tmp_path / "clip.png") == 0
    assert "ALARM" in capfd.readouterr().out
    assert (tmp_path / "clip.png").stat().st_size > 5000


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("score", "nowhere", "x.wav"), "no detector in nowhere"),
        (("score", "fans", "gone"), "no file or folder gone"),
        (("score", "fans", "runs", "--overlap", "1"), "overlap = 1.0"),
        (("score", "fans", "runs", "--top", "0"), "at least one"),
        (("score", "fans", "runs", "--out", "x", "--report", "x"), "give each its own"),
        (("score", "fans", "runs", "--threshold", "x"), "threshold 'x'"),
        (("watch", "fans", "gone", "--log", "x.csv"), "no folder gone"),
        (("explain", "fans", "gone.wav", "--to", "x.png"), "no file gone.wav"),
        (("detector", "make", "kn", "--from", "runs/smoke", "--to", "x"), "did you mean knn"),
        (("detector", "make", "knn", "--from", "nowhere", "--to", "x"), "no results in nowhere"),
        (("detector", "make", "knn", "--from", "runs/smoke", "--to", "runs"), "is no detector"),
    ],
)
def test_what_the_user_can_mend_is_one_line(
    home: Path, words: tuple[str, ...], says: str, capfd: pytest.CaptureFixture
) -> None:
    assert asdbench(*words, at=home) == 2
    told = capfd.readouterr().err.strip()
    assert says in told
    assert len(told.splitlines()) == 1


def test_a_watch_ends_by_ctrl_c_and_nothing_is_lost(home: Path, day: Path, tmp_path: Path) -> None:
    log = tmp_path / "alarms.csv"
    command = [sys.executable, "-m", "asdbench", "watch", "fans", str(day), "--log", str(log)]
    command += ["--settle", "0.3"]
    process = subprocess.Popen(
        [*command, "--every", "0.2"], cwd=home, stderr=subprocess.PIPE, text=True, env=os.environ
    )
    until = time.monotonic() + 60
    while not log.exists() or len(log.read_text().splitlines()) < 4:
        assert time.monotonic() < until
        assert process.poll() is None
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=20)
    assert process.returncode == 0
    assert told.count("ALARM fan 00") == 3
    assert "stopped; what was scored is in" in told
    assert np.all(["Traceback" not in line for line in told.splitlines()])
