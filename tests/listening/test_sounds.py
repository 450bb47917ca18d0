"""Where the sound of test clips comes from, and what is there where it is gone."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from asdbench.data.clips import Clips, Recording
from asdbench.listening.sounds import IMPORTED, Sounds, sounds_of

FRONT = {"clip_seconds": 1.0}


def record(tree: Path) -> dict[str, object]:
    return {"recipe": {"dataset": {"name": "folder", "path": str(tree)}, "frontend": FRONT}}


def test_clips_sound_and_look_as_methods_get_them(
    small_clips: Clips, small_recordings: list[Recording]
) -> None:
    test = small_clips.where(split="test", machine="fan")
    sources = {("", c.machine, c.id, str(c.name)): source for c, source, *_ in small_recordings}
    known = Sounds(sources, small_clips._frontend)
    names = [("", clip.machine, clip.id, str(clip.name)) for clip in test]
    heard = known.heard([*names, ("", "fan", "00", "no such clip")])
    assert list(heard) == names
    for name, waves, logmel in zip(names, test.waves(), test.logmel(), strict=True):
        assert (heard[name].samples == np.rint(waves.numpy() * 32768)).all()
        np.testing.assert_allclose(heard[name].logmel, logmel.numpy(), atol=1e-3)


def test_the_rest_is_heard_where_some_recordings_are_gone(
    wav_tree: Callable[..., Path],
) -> None:
    tree = wav_tree(test=2)
    found = sounds_of([{"recipe": {}}, record(tree)])
    names = sorted(found.sources)
    assert all(subset == "development" for subset, *_ in names)
    next(tree.rglob(f"*/test/{names[0][-1]}")).unlink()
    assert sorted(found.heard(names)) == names[1:]


def test_why_nothing_is_heard_is_told(wav_tree: Callable[..., Path], tmp_path: Path) -> None:
    assert sounds_of([{"recipe": {}}]).why_not == IMPORTED
    tree = wav_tree()
    old = record(tree)
    moved = shutil.move(tree, tmp_path / "elsewhere")
    gone = sounds_of([old])
    assert not gone.sources
    assert "the recordings can't be read: " in gone.why_not
    assert "tree" in gone.why_not
    for known in ([old], [{"recipe": {}}]):
        assert len(sounds_of(known, Path(moved)).sources) > 2
    with pytest.raises(ValueError, match="nowhere"):
        sounds_of([old], tmp_path / "nowhere")
