"""What is made of clips without learning, kept beside the stages."""

from __future__ import annotations

from pathlib import Path

import torch
from stages_elsewhere import Config, context
from torch import Tensor

from asdbench import Clips


def test_what_is_made_of_clips_is_made_once_whatever_their_order(
    tmp_path: Path, small_clips: Clips
) -> None:
    heard = []

    def levels(clips: Clips) -> Tensor:
        heard.append(len(clips))
        return clips.waves().abs().mean(dim=1)

    first, other_seed = context(tmp_path), context(tmp_path, shared="others", seed=6)
    found = first.kept("levels", Config(), small_clips, levels)
    backwards = small_clips.pick(range(len(small_clips) - 1, -1, -1))
    assert torch.equal(found, levels(small_clips))
    heard.clear()
    assert torch.equal(other_seed.kept("levels", Config(), backwards, levels), found.flip(0))
    assert heard == []
    assert other_seed.stages.spared != []
    first.kept("levels", Config(width=3), small_clips, levels)
    first.kept("other", Config(), small_clips, levels)
    first.kept("levels", Config(), small_clips.pick([0, 1]), levels)
    assert heard == [len(small_clips), len(small_clips), 2]
