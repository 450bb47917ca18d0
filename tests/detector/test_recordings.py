"""Which files are recordings."""

from __future__ import annotations

from pathlib import Path

import pytest

from asdbench.detector.recordings import is_recording, recordings_in


def test_sound_files_of_folders_and_files_that_are_named(tmp_path: Path) -> None:
    names = ["a.wav", "b/c.FLAC", "b/d.txt", "b/._c.wav", "b/e.ogg", "odd.raw"]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = recordings_in([tmp_path, tmp_path / "odd.raw", tmp_path / "a.wav"])
    assert [str(path.relative_to(tmp_path)) for path in found] == [
        *("a.wav", "b/c.FLAC", "b/e.ogg", "odd.raw")
    ]
    assert not is_recording(tmp_path / "gone.wav")


def test_nothing_to_score_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no file or folder .*gone"):
        recordings_in([tmp_path / "gone"])
    (tmp_path / "a.raw").touch()
    both = [tmp_path / "a.raw", tmp_path / "gone"]  # the other is scored all the same
    assert recordings_in(both) == both
    (tmp_path / "a.raw").unlink()
    with pytest.raises(ValueError, match=r"no recordings in .*wav"):
        recordings_in([tmp_path])
