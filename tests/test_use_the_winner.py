"""A day as an engineer would have it: every command and the script of docs/use-the-winner.md."""

from __future__ import annotations

import contextlib
import csv
import re
import runpy
import shlex
import shutil
from pathlib import Path

import pytest
from commands import asdbench
from warm import warm

DOCUMENT = Path(__file__).parents[1] / "docs" / "use-the-winner.md"
# The page is about the demo's clips, which take minutes.
SMALLER = {
    "asdbench run --data": "asdbench run smoke --data",
    "runs/demo-my_data": "runs/smoke-my_data",
    "synthesize my_data": "synthesize my_data --experiment smoke",
    "--to fitted-detector": "--to fitted-detector --experiment smoke",
    "--methods knn,twfr_gmm,autoencoder": "--methods knn,autoencoder",
}


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", DOCUMENT.read_text(), re.M | re.S)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder after all of the day's commands."""
    folder = tmp_path_factory.mktemp("day")
    commands = "".join(blocks("bash"))
    for old, new in SMALLER.items():
        assert old in commands
        commands = commands.replace(old, new)
    with warm(), contextlib.chdir(folder):
        for command in commands.splitlines():
            words = shlex.split(command)
            if words[0] == "asdbench":
                assert asdbench(*words[1:]) == 0, command
            elif words[0] == "mkdir":
                Path(words[1]).mkdir()
            else:
                assert words[:2] == ["cp", "-r"]
                shutil.copytree(words[2], words[3])
    return folder


def test_the_day_leaves_scores_a_report_and_a_picture(day: Path) -> None:
    with open(day / "scores.csv", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 18
    assert {one["machine"] for one in lines} == {"fan"}
    assert not any(one["error"] for one in lines)
    alarms = [one for one in lines if one["alarm"] == "1"]
    assert alarms
    assert "data:audio/flac" in (day / "report.html").read_text()
    assert (day / "alarm.png").stat().st_size > 20_000
    assert (day / "fitted-detector" / "README.md").exists()


def test_scores_of_the_new_day_are_the_runs(day: Path) -> None:
    """The day's files are the run's test clips, so they have the run's scores."""
    (cell,) = (day / "runs" / "smoke-my_data" / "cells").glob("knn-fan-r0-*")
    with open(cell / "scores.csv", newline="") as file:
        wanted = {one["clip"]: float(one["score"]) for one in csv.DictReader(file)}
    with open(day / "scores.csv", newline="") as file:
        found = {Path(one["file"]).name: float(one["score"]) for one in csv.DictReader(file)}
    assert found == pytest.approx(wanted, rel=1e-9)


def test_the_script_shown_runs_as_it_stands(
    day: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(day)
    Path("day.py").write_text("\n".join(blocks("python")))
    runpy.run_path("day.py")
    assert "gamma:0.9" in capsys.readouterr().out
