"""Channels that are kept apart: ``Recording.more``, ``clips.channel``."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from asdbench.config.frontend import Frontend
from asdbench.data.clips import Clip, Clips, Recording
from asdbench.data.decode import FileSource, decode
from asdbench.data.loading import load


def recording(folder: Path, number: int, channels: int, *, apart: bool = True) -> Recording:
    path = folder / f"{number}.wav"
    noise = np.random.default_rng(number).integers(-9000, 9000, (1600, channels))
    soundfile.write(path, noise.astype(np.int16), 16000)
    clip = Clip("fan", "00", "development", "train" if number % 2 else "test", False, path.name)
    first, *more = (FileSource(path, channel) for channel in range(channels))
    return Recording(clip, first, more=tuple(more)) if apart else Recording(clip, first)


def made(folder: Path, *, apart: bool = True) -> tuple[Clips, list[Recording]]:
    recordings = [recording(folder, number, 3, apart=apart) for number in range(4)]
    loaded = load(recordings, Frontend())
    assert [one.count for one in loaded.oddities if "took the first" in one.what] == [4] or apart
    return loaded.clips, recordings


def heard(clips: Clips) -> dict[str | None, np.ndarray]:
    return {clip.name: wave.numpy() for clip, wave in zip(clips, clips.waves(), strict=True)}


def test_each_channel_is_heard_by_itself_whatever_is_selected(tmp_path: Path) -> None:
    clips, recordings = made(tmp_path)
    for part in (clips, clips.where(split="test"), clips.pick([2, 0]), clips.on(clips.bank)):
        assert part.channels == 3
        for number in range(3):
            channel = part.channel(number)
            assert (list(channel), channel.channels) == (list(part), 1)
            assert part.channel(number) is channel
            for name, wave in heard(channel).items():
                [one] = [r for r in recordings if r.clip.name == name]
                source = (one.source, *one.more)[number]
                np.testing.assert_allclose(wave, decode(source, 16000).samples / 32768.0)
    assert torch.equal(clips.channel(0).waves(), clips.waves())


def test_blind_clips_and_those_of_another_process_have_them_too(tmp_path: Path) -> None:
    clips, _ = made(tmp_path)
    copy = pickle.loads(pickle.dumps(clips.blind()))
    assert copy.channels == 3
    assert torch.equal(copy.channel(2).waves(), clips.channel(2).waves())


def test_a_channel_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    clips, _ = made(tmp_path)
    with pytest.raises(ValueError, match="there is no channel 3; channels are 0 to 2"):
        clips.channel(3)


def test_only_further_channels_change_the_fingerprint(tmp_path: Path) -> None:
    apart, _ = made(tmp_path)
    first, _ = made(tmp_path, apart=False)
    assert first.channels == 1
    assert apart.channel(0).fingerprint == first.fingerprint != apart.fingerprint
    assert apart.canonical().fingerprint == apart.fingerprint


def test_all_clips_must_have_as_many(tmp_path: Path) -> None:
    several = [recording(tmp_path, 0, 2), recording(tmp_path, 1, 3)]
    with pytest.raises(ValueError, match=r"numbers of channels: 2 of .*0\.wav, 3 of .*1\.wav; "):
        load(several, Frontend())
