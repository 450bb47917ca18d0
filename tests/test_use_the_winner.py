"""A day as an engineer would have it: every command and the script of docs/use-the-winner.md."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest
from played import play

DOCUMENT = Path(__file__).parents[1] / "docs" / "use-the-winner.md"


@dataclass(frozen=True)
class Day:
    """The folder after all of the day's commands and its script, and what they printed."""

    folder: Path
    said: str


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    folder = tmp_path_factory.mktemp("day")
    return Day(folder, play(DOCUMENT, folder))


def test_the_day_leaves_scores_a_report_and_a_picture(day: Day) -> None:
    with open(day.folder / "scores.csv", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 18
    assert {one["machine"] for one in lines} == {"fan"}
    assert not any(one["error"] for one in lines)
    alarms = [one for one in lines if one["alarm"] == "1"]
    assert alarms
    assert "data:audio/flac" in (day.folder / "report.html").read_text()
    assert (day.folder / "alarm.png").stat().st_size > 20_000
    assert (day.folder / "fitted-detector" / "README.md").exists()


def test_scores_of_the_new_day_are_the_runs(day: Day) -> None:
    """The day's files are the run's test clips, so they have the run's scores."""
    (cell,) = (day.folder / "runs" / "demo-my_data" / "cells").glob("knn-fan-r0-*")
    with open(cell / "scores.csv", newline="") as file:
        wanted = {one["clip"]: float(one["score"]) for one in csv.DictReader(file)}
    with open(day.folder / "scores.csv", newline="") as file:
        found = {Path(one["file"]).name: float(one["score"]) for one in csv.DictReader(file)}
    assert found == pytest.approx(wanted, rel=1e-9)


def test_the_script_shown_runs_as_it_stands(day: Day) -> None:
    assert "gamma:0.9" in day.said
