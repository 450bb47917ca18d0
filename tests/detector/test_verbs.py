"""Detectors in Python, from a run that is asked for by name."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_detectors import hiss
from warm import warm

import asdbench
from asdbench.detector.verbs import load_detector, make_detector


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    with warm():
        assert not asdbench.run("smoke", methods=["knn"], repeats=1, out=folder).failed
    return folder


def test_made_and_loaded(runs: Path, tmp_path: Path) -> None:
    made = make_detector("knn", runs, to=tmp_path / "d")
    again = load_detector(tmp_path / "d", threshold="alarms:1")
    ask = {"machine": "valve", "id": "04"}
    assert made.score(hiss(), 16000, **ask).score == again.score(hiss(), 16000, **ask).score
    assert again.threshold["valve", "04"].rule == "alarms:1"
    assert "Synthetic machines" in (tmp_path / "d" / "README.md").read_text()


@pytest.mark.parametrize(
    ("row", "out", "says"),
    [("kn", None, "did you mean knn"), ("knn", "nowhere", "no results in")],
)
def test_what_there_isnt(runs: Path, tmp_path: Path, row: str, out: str | None, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        make_detector(row, out or runs, to=tmp_path / "d")
    with pytest.raises(ValueError, match="no detector in"):
        load_detector(tmp_path / "d")
