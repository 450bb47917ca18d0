"""What a layout knows of a folder, and what is left over."""

from __future__ import annotations

from pathlib import Path

from asdbench.data.folders.listing import Listed, Listing
from asdbench.data.folders.tree import Recognised, Wav, odd_paths


def listing(*places: str, root: str = "/data") -> Listing:
    return Listing(Path(root), tuple(Listed(place, f"{root}/{place}") for place in places))


def test_a_folder_with_nothing_known_in_it_is_one() -> None:
    seen = listing("a/b/1.wav", "a/b/c/2.txt", "a/d/3.txt", "a/d/4.txt", "e.txt", "known.csv")
    odd = odd_paths(seen, ["/data/a/b/1.wav"], ["/data/known.csv"])
    assert [path.as_posix() for path in odd] == ["/data/a/b/c", "/data/a/d", "/data/e.txt"]


def test_an_archive_is_odd_if_nothing_in_it_is_known() -> None:
    seen = listing("one.zip", "one.zip/fan/1.wav", "one.zip/notes.txt", "two.zip", "two.zip/x.txt")
    odd = odd_paths(seen, ["/data/one.zip/fan/1.wav"], [])
    assert [path.name for path in odd] == ["notes.txt", "two.zip"]


def test_a_reading_knows_all_its_files() -> None:
    wav = Wav("/a.wav", "fan", "00", "", "train", "a.wav", False, more=("/b.wav",))
    table = Listed("t.csv", "/t.csv")
    reading = Recognised([wav], [("fan", "/c.wav")], [("fan", table)], ["/clips.csv"])
    assert reading.paths == {"/a.wav", "/b.wav", "/c.wav", "/t.csv", "/clips.csv"}
