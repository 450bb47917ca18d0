"""Parts of a clip are found by what happens without them."""

from __future__ import annotations

import numpy as np
import pytest

from asdbench.detector.occlusion import BANDS, TIMES, occluded

RATE = 16000


def tone(hertz: float, at: tuple[float, float], seconds: float = 1.0) -> np.ndarray:
    time = np.arange(round(RATE * seconds)) / RATE
    return 8000 * np.sin(2 * np.pi * hertz * time) * ((time >= at[0]) & (time < at[1]))


def noise(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 300, RATE)


def level(clips: np.ndarray) -> np.ndarray:
    return np.sqrt(np.square(clips.astype(float)).mean(axis=1))


@pytest.mark.parametrize("normal", [None, noise(1).astype(np.int16)])
def test_a_tone_is_where_the_score_hangs_on(normal: np.ndarray | None) -> None:
    clip = (noise(0) + tone(3000, (0.5, 0.58))).astype(np.int16)
    found = occluded(clip, normal, level, 128, 32, RATE)
    assert found.shape == (128, 32)
    band, frame = np.unravel_index(found.argmax(), found.shape)
    mel = 2595 * np.log10(1 + 3000 / 700) / (2595 * np.log10(1 + 8000 / 700))
    assert abs(band / 128 - mel) < 1 / BANDS
    assert abs(frame / 32 - 0.54) < 1 / TIMES


def test_a_normal_clip_is_turned_in_time_to_fit() -> None:
    """A machine that does the same a little later has no part that its score hangs on."""
    clip = (noise(0) + tone(3000, (0.25, 0.5))).astype(np.int16)
    later = np.roll(clip, RATE // 4)
    turned = occluded(clip, later, level, 128, 32, RATE)
    silent = occluded(clip, None, level, 128, 32, RATE)
    assert np.abs(turned).max() < 0.1 * silent.max()
