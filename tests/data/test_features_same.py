"""The log-mel of clips has the same bits whatever was asked for before, and wherever it is kept."""

from __future__ import annotations

import pytest
import torch

from asdbench.config.frontend import Frontend
from asdbench.data import features
from asdbench.data.clips import Clips
from asdbench.data.loading import load
from asdbench.data.mel import CHUNK


@pytest.fixture(scope="module")
def more_than_a_chunk(small_recordings, _own_cache: None) -> Clips:
    clips = load(small_recordings, Frontend()).clips
    return clips.pick([*range(len(clips)), *range(len(clips)), 0, 1, 2]).blind()


def logmel_of(clips: Clips, indices) -> torch.Tensor:
    """Computed for these alone."""
    return clips.pick(indices).blind().logmel()


def test_a_clips_log_mel_has_the_same_bits_in_any_company(more_than_a_chunk: Clips) -> None:
    clips = more_than_a_chunk
    assert len(clips) > CHUNK
    together = clips.logmel()
    for i in (0, 7, CHUNK - 1, CHUNK, len(clips) - 1):
        assert torch.equal(logmel_of(clips, [i])[0], together[i])
    backwards = list(reversed(range(len(clips))))
    assert torch.equal(logmel_of(clips, backwards).flip(0), together)
    assert torch.equal(clips.logmel([5, 3, 5]), together[[5, 3, 5]])


def test_bits_do_not_depend_on_what_was_asked_for_first(blind: Clips) -> None:
    expected = blind.blind().logmel()
    for part in (blind.pick([31, 4, 9]), blind.where(id="02"), blind.canonical(), blind):
        part.logmel([1])
    assert torch.equal(blind.logmel(), expected)
    assert torch.equal(blind.pick([31, 4, 9, 4]).logmel(), expected[[31, 4, 9, 4]])


def test_the_clips_log_mel_is_the_frontends_of_their_waves(more_than_a_chunk: Clips) -> None:
    clips = more_than_a_chunk
    assert torch.equal(clips.frontend(clips.waves([4, 5])), clips.logmel([4, 5]))


def test_where_it_does_not_fit_in_memory_it_has_the_same_bits(
    more_than_a_chunk: Clips, monkeypatch: pytest.MonkeyPatch, computed: list[int]
) -> None:
    indices = torch.randperm(len(more_than_a_chunk), generator=torch.Generator().manual_seed(0))
    kept = more_than_a_chunk.logmel(indices)
    monkeypatch.setattr(features, "_share_of_a_core", lambda: 0.0)
    afresh = more_than_a_chunk.blind()
    assert torch.equal(afresh.logmel(indices), kept)
    assert torch.equal(torch.cat([*afresh.logmel_chunks()]), more_than_a_chunk.logmel())
    assert torch.equal(afresh.logmel(), more_than_a_chunk.logmel())
    computed.clear()
    assert torch.equal(afresh.logmel(indices), kept)
    assert sum(computed) == len(indices)


def test_it_can_be_trained_on_after_scoring(more_than_a_chunk: Clips) -> None:
    clips = more_than_a_chunk.pick([0, 1]).blind()
    with torch.inference_mode():
        clips.logmel([0])
    layer = torch.nn.Linear(clips.frames, 1)
    layer(clips.logmel([0, 1])).sum().backward()
    assert layer.weight.grad is not None


def test_the_whole_is_one_tensor_and_is_computed_once(
    more_than_a_chunk: Clips, blind: Clips, computed: list[int]
) -> None:
    assert more_than_a_chunk.logmel() is more_than_a_chunk.logmel()
    blind.where(id="00").logmel()  # also where a part of it was there before
    assert blind.logmel() is blind.logmel()
    assert blind.where().logmel() is blind.logmel()


def test_no_clips_have_no_sound(blind: Clips) -> None:
    for none in (blind.where(machine="nothing"), blind.where(machine="nothing").blind()):
        assert none.logmel().shape == (0, blind.bands, blind.frames)
        assert none.waves().shape == (0, blind.samples)
        assert [*none.logmel_chunks()] == []


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA here")
def test_it_is_computed_once_on_a_gpu_and_agrees_with_the_cpu(more_than_a_chunk: Clips) -> None:
    on_gpu = more_than_a_chunk.logmel(device="cuda")
    assert more_than_a_chunk.logmel(device="cuda") is on_gpu
    assert torch.allclose(on_gpu.cpu(), more_than_a_chunk.logmel(), atol=1e-2)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA here")
@pytest.mark.parametrize("share", [1.0, 0.0])
def test_waves_on_a_gpu_are_the_same_whether_they_fit_there_or_not(
    more_than_a_chunk: Clips, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    monkeypatch.setattr(features, "WAVES_SHARE", share)
    clips = more_than_a_chunk.blind()
    on_gpu = clips.waves(torch.tensor([3, 1], device="cuda"), "cuda")
    assert torch.equal(on_gpu.cpu(), clips.waves([3, 1]))
