"""The page of clips beside a board: linked while it is there, and said to be old where it is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from folders import DEV, Folder, area

from asdbench.results import beside
from asdbench.results.build import made_from


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "out")
    made.row("a&b", [["a"]])
    made.cell("a", {("fan", "00", DEV): area(3)})
    return made


def page_is_made(folder: Folder) -> None:
    about = {"rows": ["a&b"], "scores": beside.scores_hash(folder.store)}
    folder.store.write_json(beside.MADE_OF, about)


def test_a_board_links_to_the_clips_of_its_rows_while_they_are_there(folder: Folder) -> None:
    before = made_from(folder.store)
    assert folder.board.clips == {}
    page_is_made(folder)
    assert made_from(folder.store) != before  # so that formats are written anew
    assert folder.board.clips == {"a&b": "clips/index.html#row=a%26b"}
    assert beside.OLD not in folder.board.notes
    shutil.rmtree(folder.path / beside.FOLDER)
    assert made_from(folder.store) == before
    assert folder.board.clips == {}


def test_clips_of_other_scores_are_said_to_be_old(folder: Folder) -> None:
    page_is_made(folder)
    copy = Folder.__new__(Folder)
    copy.path = folder.path.with_name("copy")
    shutil.copytree(folder.path, copy.path, copy_function=shutil.copyfile)  # all files are newer
    assert not beside.is_old(copy.store)
    folder.row("new", [["b"]])
    folder.cell("b", {("fan", "00", DEV): area(2)})
    assert beside.OLD in folder.board.notes
    assert list(folder.board.clips) == ["a&b"]
