"""The commands on an output folder: scores out, scores in, its leaderboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import asdbench, one_line
from handed_in import DEVELOPMENT, drawn, hand_in
from plugin_files import installed_in
from small_runs import planned, ran

from asdbench.config.plugins import LEADERBOARDS
from asdbench.data.clips import Clips


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_commands_end_in_a_leaderboard(
    small_clips: Clips, capsys: pytest.CaptureFixture[str]
) -> None:
    ran(Path("o"), small_clips, planned(small_clips, "knn"))
    assert asdbench("export", "--out", "o") == 0
    assert capsys.readouterr().out == "knn: 2 repeats, 16 files in o/export/knn\n"
    assert asdbench("import", "theirs", "o/export/knn", "--out", "o") == 0
    shown = capsys.readouterr()
    assert "| theirs" in shown.out
    assert "| knn" in shown.out
    assert shown.out == Path("o/leaderboard.md").read_text()
    assert shown.err == "theirs: 2 repeats, development, in o\n"
    assert asdbench("leaderboard", "--out", "o") == 0
    assert capsys.readouterr().out == shown.out


def test_the_default_folders_and_one_line_for_wrong_input(
    capsys: pytest.CaptureFixture[str],
) -> None:
    hand_in(Path("in"), drawn(DEVELOPMENT))
    assert asdbench("import", "theirs", "in") == 2
    assert "no row in runs/demo says" in one_line(capsys)
    assert asdbench("import", "theirs", "in", "--dataset", "dcase2020") == 0
    assert Path("runs/dcase2020/leaderboard.json").exists()
    capsys.readouterr()
    assert asdbench("export") == 2
    assert "no results in runs/demo" in one_line(capsys)


def test_a_leaderboard_is_printed_in_every_format_without_writing_any(
    small_clips: Clips, capsys: pytest.CaptureFixture[str]
) -> None:
    ran(Path("o"), small_clips, planned(small_clips, "knn"))
    for form in ("md", "html", "tex", "csv", "json"):
        assert asdbench("leaderboard", "--out", "o", "--format", form) == 0
        assert "knn" in capsys.readouterr().out
    assert asdbench("leaderboard", "--out", "o", "--format", "pdf") == 2
    assert "no leaderboard 'pdf'; there are csv, html, json, md, tex" in one_line(capsys)
    assert not list(Path("o").glob("leaderboard.*"))


def test_a_leaderboard_answers_what_it_is_asked(
    small_clips: Clips, capsys: pytest.CaptureFixture[str]
) -> None:
    ran(Path("o"), small_clips, planned(small_clips, "knn", "autoencoder"))
    said = {}
    for question in ("clips", "here", "elsewhere"):
        assert asdbench("leaderboard", "--out", "o", "--question", question) == 0
        said[question] = capsys.readouterr().out
    assert "on these machine IDs" in said["here"]
    assert "these fits staying as they are" in said["clips"]
    assert "too few machine IDs" in said["elsewhere"]
    assert asdbench("leaderboard", "--out", "o") == 0
    assert capsys.readouterr().out == said["here"]
    assert asdbench("leaderboard", "--out", "o", "--question", "there") == 2
    assert "no question 'there'; ask one of clips, here, elsewhere" in one_line(capsys)


def test_a_plan_says_what_could_be_told_and_runs_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert asdbench("plan", "smoke", "--methods", "knn,autoencoder", "--repeats", "3") == 0
    shown = capsys.readouterr().out
    assert "development: 6 machine IDs of 2 machine types, 36 labelled test clips" in shown
    assert "2 rows, 3 repeats" in shown
    assert "1.5 points (not measured yet: what is usual)" in shown
    table = [line.split("|") for line in shown.splitlines() if "|" in line]
    here = {cells[1].strip(): cells[3].strip() for cells in table}
    assert here["1"] == "?"
    assert float(here["10"]) <= float(here["3 (planned)"])
    assert "No number of repeats tells 1 point here" in shown
    assert not Path("runs").exists()


def test_a_broken_format_is_said_and_an_import_is_there_all_the_same(
    small_clips: Clips,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ran(Path("o"), small_clips, planned(small_clips, "knn"))
    assert asdbench("export", "--out", "o") == 0
    monkeypatch.syspath_prepend(tmp_path)
    broken = "def render(board):\n    '''Broken.'''\n    raise RuntimeError('no ink')"
    installed_in(tmp_path, "aaa", broken, entry="md = {module}:render", group=LEADERBOARDS)
    capsys.readouterr()
    assert asdbench("import", "theirs", "o/export/knn", "--out", "o") == 1
    said = capsys.readouterr().err.splitlines()
    problem = "broken: leaderboard 'md' can't be rendered: RuntimeError: no ink"
    assert said == ["theirs: 2 repeats, development, in o", f"asdbench: {problem}"]
    assert asdbench("leaderboard", "--out", "o") == 2
    assert "'md' can't be rendered" in one_line(capsys)
    assert asdbench("leaderboard", "--out", "o", "--format", "csv") == 0
    assert "theirs" in capsys.readouterr().out
