"""Clips for the ID methods, and as many threads as a cell has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch
from asdbench_methods import _nets
from id_cells import Claiming

from asdbench import Clips, Recording
from asdbench.config.frontend import Frontend
from asdbench.data.loading import load


@pytest.fixture(scope="session")
def one_thread_of_scikit_learn() -> Iterator[None]:
    """As a cell has: on matrices as small as these, more threads only wait for each other."""
    import sklearn.covariance
    import sklearn.mixture
    import sklearn.neighbors  # noqa: F401
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def shallow() -> Iterator[None]:
    """Encoders of 4 bottlenecks for 15: a third of the time, where it isn't the network's test."""
    with pytest.MonkeyPatch.context() as patched:
        few = tuple((*block[:2], 1, block[3]) for block in _nets.BOTTLENECKS[:4])
        patched.setattr(_nets, "BOTTLENECKS", few)
        yield


@pytest.fixture(scope="module")
def train(small_clips: Clips) -> Clips:
    """Four clips of each of four machine IDs."""
    return small_clips.where(split="train")


@pytest.fixture(scope="module")
def test(small_clips: Clips) -> Clips:
    """Two normal and two anomalous clips of each of four machine IDs."""
    return small_clips.where(split="test")


@pytest.fixture(scope="module")
def claiming(small_recordings: list[Recording]) -> Claiming:
    """All clips of a split, in the same order, each said to be of this machine ID."""

    def make(of: Clips, machine: str, id: str) -> Clips:
        said = [
            Recording(replace(clip, machine=machine, id=id, name=f"{number}.wav"), source)
            for number, (clip, source, *_) in enumerate(small_recordings)
            if clip.split == of[0].split
        ]
        clips = load(said, Frontend())[0]
        assert torch.equal(clips.waves(), of.waves())
        return clips.blind()

    return make
