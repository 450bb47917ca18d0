"""A board as Python has it: figures, and the scores behind them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from folders import DEV, Folder, area

from asdbench.evaluation import Board
from asdbench.results.leaderboard import Leaderboard, load_board, render
from asdbench.results.store import TAGS, Store


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Two repeats of two machine types."""
    folder = Folder(tmp_path / "out")
    folder.row("knn", [["fan-0", "pump-0"], ["fan-1", "pump-1"]])
    for repeat, wins in ((0, 4), (1, 2)):
        folder.cell(f"fan-{repeat}", {("fan", "00", DEV): area(wins)})
        folder.cell(f"pump-{repeat}", {("pump", "02", DEV): area(wins)})
    return folder


def test_it_is_the_board_of_its_folder(folder: Folder) -> None:
    made = load_board(str(folder.path))
    assert isinstance(made, Leaderboard)
    assert isinstance(made, Board)
    assert made.folder == folder.path
    assert made.as_dict() == folder.board.as_dict()
    assert made.to_frame().query("figure == 'auc'")["mean"].tolist() == [0.75]


def test_scores_are_those_of_complete_repeats(folder: Folder) -> None:
    (folder.path / "cells" / "fan-1" / "cell.json").unlink()
    frame = load_board(folder.path).scores_frame()
    assert list(frame.columns) == (
        ["label", "repeat", "machine", "id", "subset", "clip", "anomalous", "score", "decided"]
    )
    assert set(frame.repeat) == {0}
    fan = frame[frame.machine == "fan"]
    assert fan.score[fan.anomalous].tolist() == [3.5]
    assert fan.score[~fan.anomalous.astype(bool)].tolist() == [0, 1, 2, 3]


def test_clips_that_a_row_finds_are_told_with_their_tags(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "other")
    folder.row("knn", [["a"]])
    folder.row("wide", [["b"]])
    folder.cell("a", {("fan", "00", DEV): ([1, 2], [3, 0], [])})
    folder.cell("b", {("fan", "00", DEV): ([1, 2], [0, 1], []), ("pump", "00", DEV): area(4)})
    scores = load_board(folder.path).scores_frame().query("label == 'knn' and anomalous == True")
    [first, second] = scores.sort_values("score", ascending=False)["clip"]
    tags = {"fan": {"00": {first: {"fault": "leak", "severity": "mild"}}}}
    Store(folder.path).write_json(TAGS, {DEV: tags})
    frame = load_board(folder.path).found_frame()
    assert set(frame.label[frame.machine == "pump"]) == {"wide"}
    fans = frame[frame.machine == "fan"].set_index(["label", "clip"])
    assert fans.found.to_dict() == {
        ("knn", first): True,
        ("knn", second): False,
        ("wide", first): False,
        ("wide", second): False,
    }
    assert fans.tags["knn"].to_dict() == {first: "fault=leak, severity=mild", second: ""}


def test_withheld_labels_are_none(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "other")
    folder.row("knn", [["a"]])
    folder.cell("a", {("fan", "00", DEV): ([1, 2], [3, 4], [5])})
    frame = load_board(folder.path).scores_frame()
    assert frame.anomalous.tolist() == [False, False, True, True, None]


def test_no_results_are_an_error(tmp_path: Path) -> None:
    for ask in (load_board, render):
        with pytest.raises(ValueError, match="no results in"):
            ask(tmp_path / "gone")


@pytest.mark.parametrize("ask", [load_board, render], ids=["load_board", "render"])
def test_a_cell_that_is_run_again_meanwhile_is_left_out_and_breaks_nothing(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, ask: Callable[[Path], Any]
) -> None:
    """Its ``cell.json`` goes before the first look at the disk, before the second, ..."""
    record = folder.path / "cells" / "pump-1" / "cell.json"
    content, looks, last = record.read_bytes(), 0, 0

    def counted(name: str) -> Callable[..., Any]:
        real = getattr(Store, name)

        def look(*arguments: Any) -> Any:
            nonlocal looks
            looks += 1
            if looks == last:
                record.unlink()
            return real(*arguments)

        return look

    for name in ("cell", "done", "history", "read_json", "rows", "scores"):
        monkeypatch.setattr(Store, name, counted(name))
    repeats = set()
    while looks >= last:
        record.write_bytes(content)
        looks, last = 0, last + 1
        made = ask(folder.path)
        if isinstance(made, Board):
            [row] = made.rows
            assert list(row.auc.values) == ([1.0, 0.5] if row.repeats == 2 else [1.0])
            repeats.add(row.repeats)
    assert last > 8
    assert repeats in ({1, 2}, set())
