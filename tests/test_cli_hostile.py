"""Names that a terminal would obey are shown as text, and change nothing else."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from boards import made
from commands import asdbench
from rich.table import Table
from rich.text import Text

from asdbench.cli.board import shown
from asdbench.cli.terminal import PlainConsole, Terminal
from asdbench.cli.words import echo, plain, put
from asdbench.execution.progress import Planned, Reading, RowState

CLEARS = "\x1b[2J"
NAMES = (
    CLEARS,
    "\x1b]0;title\x07",
    "\x9b31mred",
    "a\rb",
    "\x1b[1A\x1b[2Kgone",
    "back\x08space",
    "gpj\u202e.wav",
)
OBEYED = {*range(0x20), *range(0x7F, 0xA0), 0x202E} - set(map(ord, "\t\n"))


def obeyed(text: str) -> set[str]:
    return {one for one in text if ord(one) in OBEYED}


@pytest.mark.parametrize("name", NAMES)
def test_no_name_moves_the_cursor(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with Terminal(note=name) as terminal:
        terminal(Planned(name, 1, [RowState(name, 1, 0, None)], 1, ""))
        terminal(Reading(name, 1, 2))
    echo(name)
    said = capsys.readouterr()
    assert not obeyed(said.err + said.out)
    assert "[2J" in said.err or name != CLEARS  # it is there, as text


@pytest.mark.parametrize("name", NAMES)
def test_a_board_on_a_terminal_has_no_colours_but_its_own(name: str) -> None:
    board = made(["knn", name], machines={name: 1, "fan": 1}, subsets=["development"])
    file = io.StringIO()
    console = PlainConsole(file=file, force_terminal=True, color_system=None, width=120)
    console.print(shown(board, 120))
    assert not obeyed(file.getvalue())


def test_tables_keep_their_width() -> None:
    file = io.StringIO()
    table = Table("name", "more")
    for name in (Text("plain name"), Text("\x1b[31mred[0m")):
        table.add_row(name, "x")
    PlainConsole(file=file, width=60, color_system=None).print(table)
    assert len({len(line) for line in file.getvalue().splitlines()}) == 1


def test_what_goes_into_a_file_is_as_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    put("\x1b[2Jname.wav")
    assert capsys.readouterr().out == "\x1b[2Jname.wav"
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    put("\x1b[2Jname.wav")
    assert capsys.readouterr().out == plain("\x1b[2Jname.wav") == "[2Jname.wav"


def test_an_error_shows_the_name_that_it_is_about(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asdbench("leaderboard", "--out", str(tmp_path / CLEARS)) == 2
    said = capsys.readouterr()
    assert not obeyed(said.err + said.out)
    assert "[2J" in said.err
