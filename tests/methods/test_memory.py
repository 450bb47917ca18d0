"""A memory of training clips, from clips to scores."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from asdbench_methods._memory import ByScorer, TrainingMemory
from asdbench_methods._scoring import Scoring
from told import telling

from asdbench import Clips

NEAREST = Scoring(by="neighbours")


def loudness(clips: Clips) -> torch.Tensor:
    """Mean and largest level: (N, 2), of any length."""
    mel_NBT = clips.logmel(torch.arange(len(clips)), "cpu")
    return torch.stack([mel_NBT.mean(dim=(1, 2)), mel_NBT.amax(dim=(1, 2))], dim=1)


def test_clips_are_held_against_those_of_their_machine_id(train: Clips, test: Clips) -> None:
    memory = TrainingMemory(NEAREST, loudness, lengths=True).fit(train)
    known, asked = loudness(train).double().numpy(), loudness(test).double().numpy()
    wanted = [
        min(
            np.linalg.norm(asked[i] - known[j])
            for j, other in enumerate(train)
            if (other.machine, other.id) == (clip.machine, clip.id)
        )
        for i, clip in enumerate(test)
    ]
    np.testing.assert_allclose(memory.score(test), wanted, rtol=1e-9)


def test_the_cosine_knows_no_lengths(train: Clips, test: Clips) -> None:
    cosine = replace(NEAREST, distance="cosine")
    found = TrainingMemory(cosine, loudness, lengths=True).fit(train).score(test)
    longer = TrainingMemory(cosine, lambda clips: 2 * loudness(clips), lengths=True).fit(train)
    np.testing.assert_allclose(longer.score(test), found, atol=1e-12)
    assert found.max() < 0.1


def test_domains_of_training_clips_are_told(train: Clips, test: Clips) -> None:
    halves = telling(train, lambda place, clip: replace(clip, domain="ab"[place % 2], id="00"))
    asked = telling(test, lambda _, clip: replace(clip, id="00"))
    apart = replace(NEAREST, domains="apart")
    found = TrainingMemory(apart, loudness, lengths=True).fit(halves).score(asked)
    assert not np.isclose(found, TrainingMemory(NEAREST, loudness).fit(halves).score(asked)).any()


def test_only_clips_that_are_remembered_have_training_scores(train: Clips, test: Clips) -> None:
    class Loudness(ByScorer):
        scorer_ = TrainingMemory(NEAREST, loudness, lengths=True).fit(train)

    assert (Loudness().score(train) == 0).all()
    assert (Loudness().train_scores(train) > 0).all()
    with pytest.raises(ValueError, match=f"fitted to {len(train)} clips, and asked about 3"):
        Loudness().train_scores(test.pick([0, 1, 2]))
