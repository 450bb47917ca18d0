"""Sound in memory is heard as sound on disk."""

from __future__ import annotations

import numpy as np
import torch

from asdbench.config.frontend import Frontend
from asdbench.data.clips import Clip, Clips
from asdbench.data.held import held_clips


def test_clips_in_memory_sound_as_those_in_the_bank(small_clips: Clips) -> None:
    part = small_clips.pick(range(5))
    samples = (part.waves().numpy() * 32768).astype(np.int16)
    held = held_clips(samples[None], list(part), Frontend(clip_seconds=1.0))
    assert torch.equal(held.waves(), part.waves())
    assert torch.equal(held.logmel(), part.logmel())
    assert list(held) == list(part)


def test_channels_are_kept_apart() -> None:
    samples = np.arange(2 * 3 * 16000, dtype=np.int64).reshape(2, 3, 16000).astype(np.int16)
    clip = Clip("fan", "00", "evaluation", "test", None)
    held = held_clips(samples, [clip] * 3, Frontend(clip_seconds=1.0))
    assert held.channels == 2
    second = (held.channel(1).waves().numpy() * 32768).astype(np.int16)
    assert (second == samples[1]).all()
