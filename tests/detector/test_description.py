"""A detector's folder says what it is, and notices what happened to it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from small_detectors import detector

from asdbench.data.clips import Clips
from asdbench.detector.description import FILE, read, sha256
from asdbench.results.store import Store


def test_it_is_read_as_it_was_written(store: Store, small_clips: Clips, made: Path) -> None:
    about = detector(store, small_clips, "knn", made).about
    assert read(made) == about
    assert about.ids == [("fan", "00"), ("fan", "02"), ("valve", "00"), ("valve", "02")]
    assert about.samples == 16000
    assert about.clips_a_day == 86400
    assert set(about.files) >= {"parts/0-0.safetensors", "training_scores/0.csv"}


def test_its_hash_is_of_all_of_it(store: Store, small_clips: Clips, tmp_path: Path) -> None:
    one, other = (detector(store, small_clips, "knn", tmp_path / n).about for n in ("a", "b"))
    third = detector(store, small_clips, "knn", tmp_path / "c", threshold="quantile:0.5").about
    assert one.files == other.files
    assert one.hash != third.hash


def edit(file: Path, old: str, new: str) -> None:
    file.write_text(file.read_text().replace(old, new))


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda folder: (folder / FILE).unlink(), "no detector in"),
        (lambda folder: (folder / FILE).write_text("{"), "can't be read"),
        (lambda folder: (folder / FILE).write_text("[]"), "no detector of format"),
        (lambda folder: (folder / FILE).write_text('{"format": 99}'), "no detector of format"),
        (lambda folder: (folder / FILE).write_text('{"format": 1}'), "is damaged"),
        (lambda folder: (folder / "parts/0-0.safetensors").unlink(), "missing"),
        (lambda folder: (folder / "parts/0-1.safetensors").write_bytes(b"x"), "isn't what"),
        (lambda folder: (folder / "training_scores/0.csv").write_text(""), "isn't what"),
        (lambda folder: edit(folder / FILE, "gamma:0.9", "gamma:0.5"), "isn't what"),
    ],
)
def test_damage_is_named(
    store: Store, made: Path, damage: Callable[[Path], None], says: str
) -> None:
    detector(store, None, "knn", made)
    damage(made)
    with pytest.raises(ValueError, match=says):
        read(made)


def test_nothing_in_the_folder_is_a_pickle(store: Store, small_clips: Clips, made: Path) -> None:
    detector(store, small_clips, "id_classifier", made)
    kinds = {path.suffix for path in made.rglob("*") if path.is_file()}
    assert kinds == {".json", ".md", ".csv", ".safetensors", ".flac"}
    json.loads((made / FILE).read_text())


def test_a_pipe_in_a_files_place_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "part.safetensors")
    with pytest.raises(OSError, match="it is a pipe"):
        sha256(tmp_path / "part.safetensors")
