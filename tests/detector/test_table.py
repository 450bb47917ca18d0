"""Scores as CSV."""

from __future__ import annotations

import csv
import os
from dataclasses import replace
from pathlib import Path

import pytest
from small_detectors import hiss

from asdbench.detector.detector import Detector
from asdbench.detector.scoring import FileScore
from asdbench.detector.table import COLUMNS, WINDOW_COLUMNS, Table, line, window_lines


def test_a_line_has_all_that_is_known(knn: Detector) -> None:
    scored = knn.score(hiss(2), 16000, machine="fan", id="00")
    told = dict(zip(COLUMNS, line(FileScore(Path("a, b.wav"), scored)), strict=True))
    assert float(told["score"]) == scored.score
    assert told["alarm"] == "1"
    assert told["threshold_name"] == "gamma:0.9"
    assert (told["windows"], told["alarms"]) == (3, 3)
    assert "strange spectrum" in told["warnings"]
    broken = line(FileScore(Path("b.wav"), None, "cannot\nread"))
    assert len(broken) == len(COLUMNS)
    assert broken[-1] == "cannot read"
    assert len(next(window_lines(Path("a.wav"), scored))) == len(WINDOW_COLUMNS)


def test_no_cell_is_a_formula(knn: Detector) -> None:
    scored = replace(knn.score(hiss(2), 16000, machine="fan", id="00"), machine="=1+1", id="@x")
    told = line(FileScore(Path("=cmd.wav"), scored))
    assert told[:3] == ["./=cmd.wav", "'=1+1", "'@x"]
    assert line(FileScore(Path("-x.wav"), None, "=no"))[:1] == ["./-x.wav"]
    assert line(FileScore(Path("-x.wav"), None, "=no"))[-1] == "'=no"
    assert next(window_lines(Path("+x.wav"), scored))[0] == "./+x.wav"
    assert line(FileScore(Path("/in/=x.wav"), scored))[0] == "/in/=x.wav"


def test_what_is_written_is_on_the_disk_at_once(tmp_path: Path) -> None:
    table = Table(tmp_path / "new" / "scores.csv", COLUMNS)
    table.write([["a, b.wav", *[""] * 12]])
    with open(tmp_path / "new" / "scores.csv.part", newline="") as file:
        lines = list(csv.reader(file))
    assert lines == [list(COLUMNS), ["a, b.wav", *[""] * 12]]
    (tmp_path / "new" / "scores.csv").write_text("of yesterday")
    table.close()
    assert (tmp_path / "new" / "scores.csv").read_text() == "of yesterday"
    table.finish()
    assert (tmp_path / "new" / "scores.csv").read_text().startswith("file,machine")


def test_a_name_of_any_bytes_has_its_line(tmp_path: Path) -> None:
    names = ["a\rb.wav", "a\nb.wav", 'a",\x85\u2028b.wav', os.fsdecode(b"caf\xe9.wav")]
    table = Table(tmp_path / "t.csv", COLUMNS)
    table.write([line(FileScore(Path(name), None, f"no file {name}")) for name in names])
    table.finish()
    with open(tmp_path / "t.csv", newline="", encoding="utf-8") as file:
        found = [one["file"] for one in csv.DictReader(file)]
    assert found == [*names[:3], "caf\\udce9.wav"]


def test_a_place_that_cant_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match=r"cannot write .*scores\.csv"):
        Table(tmp_path / "file" / "scores.csv", COLUMNS)


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")

    table = Table(tmp_path / "scores.csv", COLUMNS)
    table._file = open("/dev/full", "w")  # noqa: SIM115
    table._writer = csv.writer(table._file)
    with pytest.raises(ValueError, match=r"cannot write .*scores\.csv.*free some space"):
        table.write([["a.wav"]])
    table.close()  # says it no second time, without a name
