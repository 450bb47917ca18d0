"""Windows of frames, and the dense network's first weights; the rest is in test_autoencoder.py."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from asdbench_methods._dense import (
    DenseTraining,
    frames_of,
    train_dense,
    window_starts,
    windows,
)

from asdbench import Clips, Context

SMALL = DenseTraining(frames=3, hidden=8, layers=1, bottleneck=2, epochs=1, batch=64, lr=1e-3)


def test_windows_stay_within_their_clip() -> None:
    frames_FB = torch.arange(8.0)[:, None]  # two clips of four frames
    starts = window_starts(2, 4, 3)
    assert starts.tolist() == [0, 1, 4, 5]
    assert windows(frames_FB, starts, 3).tolist() == [[0, 1, 2], [1, 2, 3], [4, 5, 6], [5, 6, 7]]
    with pytest.raises(ValueError, match="a clip has 4 frames, fewer than a window's 5"):
        window_starts(2, 4, 5)


def test_frames_are_those_of_each_clip_in_turn(train: Clips) -> None:
    mel_NBT = train.logmel()
    expected = mel_NBT.transpose(1, 2).reshape(-1, train.bands)
    assert torch.equal(frames_of(train, "cpu"), expected)


def test_training_hangs_on_its_config_and_seed_alone(train: Clips, context: Context) -> None:
    def weight(number: int, **changed: int) -> torch.Tensor:
        scratch = context.scratch / str(number)
        scratch.mkdir()
        seed = changed.pop("seed", 1)
        lent = replace(context, seed=seed, scratch=scratch)
        return train_dense(replace(SMALL, **changed), train, lent)["0.weight"]

    one = weight(0)
    assert one.shape == (8, 3 * train.bands)
    assert torch.equal(weight(1), one)
    assert not torch.equal(weight(2, seed=2), one)
    assert not torch.equal(weight(3, epochs=2), one)
