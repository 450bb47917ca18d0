"""Recordings whose score can't be taken as it is."""

from __future__ import annotations

import numpy as np
import pytest
from small_detectors import hiss

from asdbench.data.clips import Clips
from asdbench.data.faults import clipped
from asdbench.detector.references import samples_of
from asdbench.detector.trouble import (
    loudness,
    reference,
    spectra,
    warnings_of,
)


def as_int16(x: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(x * 32768), -32768, 32767).astype(np.int16)


@pytest.fixture
def fans(small_clips: Clips) -> Clips:
    return small_clips.where(machine="fan", id="00", split="train")


def test_silence_is_a_constant_or_the_last_bits_noise() -> None:
    nearly = np.random.default_rng(0).integers(-1, 2, 16000)
    clips = np.stack([np.zeros(16000), np.full(16000, 500), nearly, as_int16(hiss(1, 0.001))])
    assert loudness(clips.astype(np.int16))[0].tolist() == [True, True, True, False]


def test_levels_are_in_decibels_of_full_scale() -> None:
    sine = np.sin(np.arange(16000) * 0.1)
    _, found = loudness(np.stack([as_int16(sine), as_int16(0.1 * sine), np.zeros(16000, np.int16)]))
    np.testing.assert_allclose(found, [-3.01, -23.01, -120], atol=0.02)


def test_clipping_is_told_from_peaks() -> None:
    sine = np.sin(np.arange(16000) * 0.1)
    shares = clipped(np.stack([as_int16(sine), as_int16(3 * sine)]))
    assert shares[0] == 0
    assert shares[1] > 0.5
    both = np.stack([as_int16(sine), as_int16(3 * sine)])
    (one, other) = warnings_of(both, loudness(both)[1], None, None)
    assert one == []
    assert "clipped" in other[0]


def test_training_clips_have_nothing_wrong_with_them(fans: Clips) -> None:
    known = reference(spectra(fans), loudness(samples_of(fans))[1])
    levels = loudness(samples_of(fans))[1]
    assert warnings_of(samples_of(fans), levels, spectra(fans), known) == [[]] * len(fans)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda x: x // 64, "quiet"),
        (lambda x: np.clip(x.astype(int) * 40, -32768, 32767), "strange spectrum"),
        (lambda x: np.diff(x.astype(int), 1, prepend=0), "strange spectrum"),  # another microphone
    ],
)
def test_what_differs_from_all_training_clips_is_warned_of(
    small_clips: Clips, fans: Clips, change: object, kind: str
) -> None:
    from asdbench.config.frontend import Frontend
    from asdbench.data.held import held_clips

    known = reference(spectra(fans), loudness(samples_of(fans))[1])
    changed = np.stack([change(x) for x in samples_of(fans)]).astype(np.int16)  # type: ignore[operator]
    clips = held_clips(changed[None], list(fans), Frontend(clip_seconds=1.0))
    for said in warnings_of(changed, loudness(changed)[1], spectra(clips), known):
        assert any(text.startswith(kind) for text in said)


def test_a_clip_that_goes_dead_half_way_is_said_to() -> None:
    clip = as_int16(hiss())
    clip[8000:] = 0
    (said,) = warnings_of(clip[None], loudness(clip[None])[1], None, None)
    assert said == ["partly silent: 50 % of the clip has no sound"]
