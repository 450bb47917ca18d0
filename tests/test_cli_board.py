"""The leaderboard on a terminal: it fits, and what has no room is said to be elsewhere."""

from __future__ import annotations

import io
import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from boards import METHODS, made
from folders import DEV, Folder
from rich.console import Console

from asdbench.cli.board import shown
from asdbench.cli.ending import leading_on
from asdbench.evaluation import Board

COLOUR = re.compile(r"\x1b\[(1;)?3[0-7]m")
ESCAPES = re.compile(r"\x1b\][^\x1b]*\x1b\\|\x1b\[[0-9;?]*[A-Za-z]")


def lines(board: Board, width: int, **options: object) -> list[str]:
    text = io.StringIO()
    Console(file=text, width=width, highlight=False, **options).print(shown(board, width))  # type: ignore[arg-type]
    return text.getvalue().splitlines()


@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_it_fits_and_keeps_what_is_needed_most(width: int) -> None:
    board = made(subsets=("development",))
    text = lines(board, width)
    assert max(map(len, text)) <= width
    head = next(line for line in text if "method" in line)
    kept = {
        40: ["AUC/pAUC", "group"],
        80: ["AUC/pAUC", "± sd", "95 %", "group", "P(best)"],
        120: ["AUC/pAUC", "± sd", "95 %", "group", "P(best)", "pAUC", "mAUC"],
        200: ["AUC/pAUC", "± sd", "95 %", "group", "P(best)", "repeats", "s/repeat"],
    }[width]
    assert all(name in head for name in kept)
    for place, row in enumerate(board.rows, 1):
        assert any(re.match(rf"{place} +{row.label} ", line) for line in text)
    left_out = " ".join(text).partition("For a wider terminal, or on the page: ")[2]
    assert ("mAUC" in left_out) == (" mAUC" not in head)


def test_bars_lie_on_one_scale_and_letters_in_columns(tmp_path: Path) -> None:
    board = made(subsets=("development",))
    places = []
    for row in board.rows:
        line = next(line for line in lines(board, 120) if re.match(rf"\d +{row.label} ", line))
        places.append((row.mean_auc_pauc.mean, line.index("\N{BLACK CIRCLE}")))
    assert [place for _, place in sorted(places)] == sorted(place for _, place in places)


def test_who_leads_is_said_and_by_how_much() -> None:
    board = made(("one", "two"), subsets=("development",))
    apart = replace(board.rows[0], letters=dict.fromkeys(board.rows[0].letters, "a"))
    other = replace(board.rows[1], letters=dict.fromkeys(board.rows[1].letters, "b"))
    text = "\n".join(lines(replace(board, rows=[apart, other]), 120))
    assert re.search(r"one leads, \d+\.\d points \(.* to .*\) ahead of two\.", text)
    alike = replace(other, letters=apart.letters)
    text = "\n".join(lines(replace(board, rows=[apart, alike]), 120))
    assert "one comes first; it can't be told apart from two." in text
    twin = replace(apart, label="two", same_as="one", remarks=["the same scores as one"])
    text = "\n".join(lines(replace(board, rows=[apart, twin]), 120))
    assert "One row: there is nothing to compare it with." in text
    assert "† two: the same scores as one." in text
    unknown = [
        replace(r, letters=dict.fromkeys(r.letters), best=dict.fromkeys(r.best))
        for r in (apart, other)
    ]
    text = "\n".join(lines(replace(board, rows=unknown), 120))
    assert "can't be told" in text
    assert "run two or more" in text


def test_names_are_shown_as_they_are_and_cut_where_there_is_no_room() -> None:
    odd = "[/red] a-very-long-label-of-a-variant-that-nobody-can-fit"
    board = made((odd, *METHODS), subsets=("development",))
    for width in (40, 80, 200):
        text = lines(board, width)
        assert max(map(len, text)) <= width
        assert any("[/red]" in line for line in text)
    assert any(odd in line for line in lines(board, 200))


def test_what_leads_on_is_told_by_where_the_sound_is_from() -> None:
    synthetic = made(subsets=("development",))
    commands = [command for command, _ in leading_on(Path("runs/demo"), synthetic, ["run"])]
    assert commands == [
        "asdbench data describe FOLDER",
        "asdbench run small --data FOLDER",
        "asdbench detector make id_contrastive --from runs/demo --to detectors/id_contrastive",
    ]
    rows = [replace(row, letters=dict.fromkeys(row.letters, "a")) for row in synthetic.rows]
    rows[0] = replace(rows[0], origin={"kind": "import"})
    recipe = {**synthetic.recipe, "dataset": {"name": "folder"}}
    own = replace(synthetic, rows=rows, recipe=recipe)
    words = ["run", "--data", "my fans", "--repeats", "3"]
    commands = [command for command, _ in leading_on(Path("my runs"), own, words)]
    second = rows[1].label
    assert commands == [
        f"asdbench run --data 'my fans' --repeats {2 * rows[0].planned}",
        f"asdbench detector make {second} --from 'my runs' --to detectors/{second}",
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder with two rows."""
    made_here = Folder(tmp_path_factory.mktemp("at home") / "o")
    for label, anomalies in (("good", [9.5, 8.5, 7.5]), ("bad", [1.5, 4.5, 8.5])):
        names = []
        for repeat in range(2):
            name = f"{label}-r{repeat}"
            scores = {("fan", id_, DEV): (range(10), anomalies, []) for id_ in ("00", "02")}
            made_here.cell(name, scores)
            names.append([name])
        made_here.row(label, names)
    (made_here.path / "leaderboard.html").write_text("<p>")
    return made_here.path


def on_a_terminal(
    words: list[str], at: Path, width: int, variables: Mapping[str, str]
) -> tuple[str, int]:
    """What a command shows on a real terminal of this width, and its exit code."""
    ours, theirs = pty.openpty()
    env = {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(width), **variables}
    for name in ("NO_COLOR", "FORCE_COLOR"):
        if name not in variables:
            env.pop(name, None)
    process = subprocess.Popen(
        [sys.executable, "-m", "asdbench", *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=env,
        cwd=at,
        close_fds=True,
    )
    os.close(theirs)
    said, began = b"", time.monotonic()
    while time.monotonic() - began < 60:
        if select.select([ours], [], [], 0.1)[0]:
            try:
                more = os.read(ours, 65536)
            except OSError:  # nobody writes any more
                break
            said += more
    os.close(ours)
    return said.decode(), process.wait()


def test_a_terminal_gets_a_table_and_a_link_and_a_pipe_markdown(folder: Path) -> None:
    words = ["leaderboard", "--out", "o"]
    said, code = on_a_terminal(words, folder.parent, 80, {})
    plain = ESCAPES.sub("", said)
    assert code == 0
    assert "\x1b]8;" in said
    assert (folder / "leaderboard.html").as_uri() in said
    assert COLOUR.search(said)
    assert "page    o/leaderboard.html" in plain
    assert "asdbench ui --out o" in plain
    assert "| good" not in plain
    assert max(len(line) for line in plain.splitlines()) <= 80
    asked, _ = on_a_terminal([*words, "--format", "md"], folder.parent, 80, {})
    assert "| good" in asked
    piped = subprocess.run(
        [sys.executable, "-m", "asdbench", *words],
        cwd=folder.parent,
        env={**os.environ, "FORCE_COLOR": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert piped.stdout.replace("\n", "") == asked.replace("\r\n", "")
    assert "\x1b" not in piped.stdout


@pytest.mark.parametrize(
    ("variables", "coloured", "linked"),
    [({"NO_COLOR": "1"}, False, True), ({"TERM": "dumb"}, False, False)],
)
def test_colours_and_links_are_left_out_where_they_are_not_wanted(
    folder: Path, variables: dict[str, str], coloured: bool, linked: bool
) -> None:
    said, code = on_a_terminal(["leaderboard", "--out", "o"], folder.parent, 80, variables)
    assert code == 0
    assert bool(COLOUR.search(said)) == coloured
    assert ("\x1b]8;" in said) == linked
    assert "good" in said
