"""``asdbench leaderboard --clips``: the page of clips, made on request."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from commands import asdbench, one_line
from folders import DEV, Folder


def test_clips_are_made_beside_the_board_and_their_size_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = Folder(Path("o"))
    folder.row("knn", [["a"]])
    folder.cell("a", {("fan", "00", DEV): ([0, 1, 2], [0.5, 5], [])})
    assert asdbench("leaderboard", "--out", "o", "--clips") == 0
    shown = capsys.readouterr()
    assert "| knn" in shown.out
    assert re.search(r"clips to hear: o/clips/index.html, 4 clips, 0\.\d MB", shown.err)
    assert "4 of them without sound: " in shown.err
    assert Path("o/clips/index.html").exists()
    assert asdbench("leaderboard", "--out", "o", "--clips", "--data", "nowhere") == 2
    assert "nowhere" in one_line(capsys)
    assert asdbench("leaderboard", "--out", "o", "--data", "nowhere") == 2
    assert "add --clips" in one_line(capsys)
