"""Leaderboard plugins that do harm: each costs its own format, and the others stay as they are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from folders import DEV, Folder, area
from plugin_files import installed_in

from asdbench.config import plugins
from asdbench.config.plugins import LEADERBOARDS
from asdbench.evaluation import Board
from asdbench.results.files import current, write_boards
from asdbench.results.store import Store

# In the order of the alphabet the harm comes first, and the good format last.
BAD = {
    "raises": ("raise KeyError('no ink')", "KeyError: 'no ink'"),
    "exits": ("sys.exit(0)", "SystemExit: 0"),
    "nothing": ("return None", "TypeError: it gave NoneType, not a text"),
    "bytes": ("return b'<html>'", "TypeError: it gave bytes, not a text"),
    "surrogates": ("return 'a\\ud800b'", "UnicodeEncodeError: "),
    "empties": ("board.rows.clear(); board.notes.clear(); return ''", None),
    "goes_away": ("os.chdir('/'); os.environ['TMPDIR'] = '/nowhere'; return ''", None),
    "prints": ("print('x' * 1000); return ''", None),
    "random": ("random.seed(0); return ''", None),
}
SOURCE = "import os, random, sys\n\ndef render(board):\n    '''Harm.'''\n    {}\n"
GOOD = "def render(board):\n    '''Good.'''\n    return repr(board)\n"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """One row in a folder that is named as from here; the formats are these and no other."""
    for name, (body, _) in BAD.items():
        source, entry = SOURCE.format(body), f"a_{name} = {{module}}:render"
        installed_in(tmp_path, f"a_{name}", source, entry=entry, group=LEADERBOARDS)
    installed_in(tmp_path, "good", GOOD, entry="good = {module}:render", group=LEADERBOARDS)
    monkeypatch.syspath_prepend(tmp_path)
    every = plugins.available
    kept = {"good", *(f"a_{name}" for name in BAD)}
    monkeypatch.setattr(
        plugins, "available", lambda group: {n: p for n, p in every(group).items() if n in kept}
    )
    monkeypatch.chdir(tmp_path)
    folder = Folder(Path("out"))
    folder.row("a", [["a"]])
    folder.cell("a", {("fan", "00", DEV): area(3)})
    return folder.store


def test_bad_formats_are_named_and_a_good_one_is_as_it_would_be(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made: Board = current(store)
    before, expected = dict(os.environ), repr(made)
    problems = write_boards(store, made)
    said = {problem.split("'")[1][2:]: problem for problem in problems}
    assert said.keys() == {name for name, (_, reason) in BAD.items() if reason}
    for name, problem in said.items():
        start = f"leaderboard 'a_{name}' can't be rendered: {BAD[name][1]}"
        assert problem.startswith(start)
    assert (tmp_path / "out" / "leaderboard.good").read_text() == expected
    assert repr(made) == expected
    assert Path.cwd() == tmp_path
    assert dict(os.environ) == before
    assert capsys.readouterr().out == ""
