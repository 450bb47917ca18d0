"""The board on disk: read while it shows what is there, and made anew when anything has changed."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from folders import DEV, Folder, area
from plugin_files import written

from asdbench.config import plugins
from asdbench.config.plugins import LEADERBOARDS
from asdbench.results import build
from asdbench.results.build import made_from
from asdbench.results.files import all_written, current, rendered, write_boards
from asdbench.results.store import Store

PLAIN = '''
    """Plain."""
    from pathlib import Path

    def render(board):
        """Labels."""
        labels = ", ".join(row.label for row in board.rows)
        return Path(__file__).with_name("plain.txt").read_text().format(labels)
'''


@pytest.fixture(autouse=True)
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The one format that is installed: a package with a template in it."""
    name = f"plain_of_{tmp_path.name}".replace("-", "_").replace("[", "_").replace("]", "_")
    folder = tmp_path / "site" / name
    written(folder / "__init__.py", "")
    written(folder / "plain.py", PLAIN)
    written(folder / "plain.txt", "rows: {}")
    info = tmp_path / "site" / "plain-1.0.dist-info"
    written(info / "METADATA", "Metadata-Version: 2.1\nName: plain\nVersion: 1.0\n")
    written(info / "entry_points.txt", f"[{LEADERBOARDS}]\nplain = {name}.plain:render\n")
    monkeypatch.syspath_prepend(tmp_path / "site")
    every = plugins.available
    monkeypatch.setattr(
        plugins,
        "available",
        lambda group: {n: p for n, p in every(group).items() if p.module.startswith(name)},
    )
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Two rows; board and format are written."""
    folder = Folder(tmp_path / "out")
    for label in ("a", "b"):
        folder.row(label, [[label]])
        folder.cell(label, {("fan", "00", DEV): area(3)})
    assert write_boards(folder.store, folder.board) == []
    return folder.store


def fresh(store: Store) -> bool:
    return all_written(store, made_from(store))


def labels(store: Store) -> set[str]:
    return {row.label for row in current(store).rows}


def test_all_is_written_and_read_back_while_nothing_changes(store: Store) -> None:
    assert fresh(store)
    assert (store.folder / "leaderboard.plain").read_text() == "rows: a, b"
    made = json.loads((store.folder / "board.json").read_text())
    assert json.loads(json.dumps(current(store).as_dict())) == made
    store.write("board.json", json.dumps({**made, "notes": ["as read from disk"]}))
    store.write("leaderboard.plain", "as read from disk")
    assert list(current(store).notes) == ["as read from disk"]
    assert rendered(store, "plain") == "as read from disk"


def test_what_is_made_of_other_rows_is_made_anew(store: Store) -> None:
    (store.folder / "rows" / "b.json").unlink()
    assert not fresh(store)
    assert labels(store) == {"a"}
    assert rendered(store, "plain") == "rows: a"


def test_what_is_made_of_a_cell_that_was_run_again_is_made_anew(store: Store) -> None:
    record = store.folder / "cells" / "b" / "cell.json"
    record.write_bytes(record.read_bytes())
    assert not fresh(store)


@pytest.mark.parametrize("file", ["board.json", "leaderboard.plain", "formats.json"])
def test_a_file_that_is_gone_is_missed(store: Store, file: str) -> None:
    (store.folder / file).unlink()
    assert not fresh(store)
    assert labels(store) == {"a", "b"}
    assert rendered(store, "plain") == "rows: a, b"


@pytest.mark.parametrize("text", ['{"version": 1}', "", "{"])
def test_a_board_that_cannot_be_read_is_made_anew_and_that_is_said(
    store: Store, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    store.write("board.json", text)
    with caplog.at_level(logging.WARNING):
        assert labels(store) == {"a", "b"}
    assert "board.json can't be read; it is made anew" in caplog.text


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The code that boards are computed by is this copy, which a test may change."""
    here = Path(build.__file__).parents[1]
    for name in ("evaluation", "results"):
        shutil.copytree(here / name, tmp_path / "code" / name)
    monkeypatch.setattr(build, "__file__", str(tmp_path / "code" / "results" / "build.py"))
    build._code.cache_clear()
    yield tmp_path / "code"
    build._code.cache_clear()


@pytest.mark.parametrize("module", ["evaluation/bootstrap.py", "results/build.py"])
def test_a_board_of_other_statistics_is_not_fresh(store: Store, copied: Path, module: str) -> None:
    assert fresh(store)  # a copy is no other code
    (copied / module).write_text("# a figure is computed in another way\n")
    build._code.cache_clear()  # as in another process
    assert not fresh(store)
    made = json.loads((store.folder / "board.json").read_text())
    store.write("board.json", json.dumps({**made, "notes": ["of before"]}))
    assert list(current(store).notes) == []


@pytest.mark.parametrize("file", ["plain.py", "plain.txt", "fonts/new.woff"])
def test_a_format_of_other_code_or_templates_is_not_fresh(
    store: Store, package: Path, file: str
) -> None:
    written(package / file, "other: {}")
    assert not fresh(store)
    if file == "plain.txt":
        assert rendered(store, "plain") == "other: a, b"
    assert write_boards(store, current(store)) == []
    assert fresh(store)


def test_a_format_that_was_installed_since_is_missed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    [plain] = plugins.available(LEADERBOARDS).values()
    more = {"plain": plain, "other": plugins.Plugin("other", LEADERBOARDS, plain.module, "render")}
    monkeypatch.setattr(plugins, "available", lambda _: more)
    assert not fresh(store)
    assert rendered(store, "other") == "rows: a, b"


def test_a_broken_format_is_said_and_written_when_it_is_mended(store: Store, package: Path) -> None:
    written(package / "plain.txt", "{} {}")
    [problem] = write_boards(store, current(store))
    assert problem.startswith("leaderboard 'plain' can't be rendered: IndexError: ")
    assert not fresh(store)
    with pytest.raises(plugins.BrokenPluginError, match="'plain' can't be rendered"):
        rendered(store, "plain")
    assert labels(store) == {"a", "b"}
    written(package / "plain.txt", "now: {}")
    assert rendered(store, "plain") == "now: a, b"


def test_an_unknown_format_is_an_error(store: Store) -> None:
    with pytest.raises(ValueError, match="no leaderboard 'plane'; did you mean plain"):
        rendered(store, "plane")
