"""The page of clips as it is made: whole, beside the board, and linked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import soundfile
from folders import DEV, Folder

import asdbench
from asdbench.listening.make import make_clips
from asdbench.results import beside
from asdbench.results.build import made_from
from asdbench.results.files import all_written
from asdbench.results.store import Store


@pytest.fixture
def by_hand(tmp_path: Path) -> Folder:
    """An imported row, which gets an anomaly wrong."""
    folder = Folder(tmp_path / "hand")
    folder.row("theirs", [["a"]])
    record = json.loads((folder.path / "rows" / "theirs.json").read_text())
    record |= {"recipe": {}, "origin": {"kind": "import"}}
    (folder.path / "rows" / "theirs.json").write_text(json.dumps(record))
    folder.cell("a", {("<fan>", "00", DEV): ([0, 1, 2], [0.5, 5], [])})
    return folder


def test_sounds_and_pictures_are_there_and_the_board_links_to_them(out: Path) -> None:
    text = (out / "clips" / "index.html").read_text()
    drawn = json.loads(text.split('id="drawn">')[1].split("</script>")[0])
    names = {clip["file"] for clip in drawn["clips"]}
    assert names == {path.stem for path in (out / "clips" / "sounds").glob("*.flac")}
    assert names == {path.stem for path in (out / "clips" / "pictures").glob("*.webp")}
    samples, rate = soundfile.read(next((out / "clips" / "sounds").glob("*.flac")))
    assert (len(samples), rate) == (16000, 16000)
    assert asdbench.load_board(out).clips == {
        label: f"clips/index.html#row={label}" for label in ("far", "knn")
    }
    board = (out / "leaderboard.html").read_text()
    assert 'href="clips/index.html#row=knn' in board
    store = Store(out)
    assert all_written(store, made_from(store))  # a run with nothing to do writes nothing
    assert not list(out.glob(".clips*"))


def test_an_import_has_its_scores_without_sounds(by_hand: Folder) -> None:
    made = make_clips(by_hand.path)
    assert (made.clips, made.silent) == (4, 4)
    assert "imported" in made.why_not
    text = made.page.read_text()
    assert "Without sounds and pictures" in text
    assert "<fan>" not in text  # it is text, not markup
    assert made.size > len(text)


def test_it_is_replaced_whole_and_old_clips_are_said_to_be(by_hand: Folder) -> None:
    made = make_clips(by_hand.path)
    (made.page.parent / "left over").touch()
    by_hand.row("more", [["b"]])
    by_hand.cell("b", {("<fan>", "00", DEV): ([0, 1, 2], [2.5, 5], [])})
    assert beside.OLD in asdbench.load_board(by_hand.path).notes
    progress: list[tuple[int, int]] = []
    make_clips(by_hand.path, each=1, progress=lambda *said: progress.append(said))
    assert progress == [(3, 3)]
    assert not (made.page.parent / "left over").exists()
    board = asdbench.load_board(by_hand.path)
    assert beside.OLD not in board.notes
    assert sorted(board.clips) == ["more", "theirs"]


def test_a_failure_leaves_what_was_there(by_hand: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    before = make_clips(by_hand.path).page.read_bytes()

    def full(*_: object, **__: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("asdbench.listening.make.page", full)
    with pytest.raises(ValueError, match=r"the disk of .* is full; nothing that is done is lost"):
        make_clips(by_hand.path)
    assert (by_hand.path / "clips" / "index.html").read_bytes() == before
    assert not list(by_hand.path.glob(".clips*"))


def test_wrong_input_is_said(by_hand: Folder, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no results in"):
        make_clips(tmp_path / "nothing")
    with pytest.raises(ValueError, match="each = 0"):
        make_clips(by_hand.path, each=0)
    with (
        Store(by_hand.path).claimed(),
        pytest.raises(ValueError, match="another run is writing"),
    ):
        make_clips(by_hand.path)
