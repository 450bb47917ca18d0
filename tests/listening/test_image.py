"""Pictures of log-mels: one scale of dB, low bands below, and no wider than a screen."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from asdbench.listening.image import WIDEST, image, levels


def seen(content: bytes) -> np.ndarray:
    found = Image.open(io.BytesIO(content))
    assert found.format == "WEBP"
    return np.asarray(found.convert("L"), dtype=float)


def test_a_pixel_is_a_band_and_frame_with_low_bands_below() -> None:
    logmel = np.full((16, 40), -80, np.float32)
    logmel[2, :20] = 0  # a tone, low, in the first half
    drawn = seen(image(logmel, levels([logmel])))
    assert drawn.shape == (16, 40)
    assert drawn[13, :16].mean() > 150 > 60 > drawn[13, 24:].mean()
    assert drawn[2].mean() < 60


def test_clips_of_one_scale_can_be_compared_and_silence_has_one() -> None:
    loud, soft = (np.full((8, 8), level, np.float32) for level in (0, -40))
    scale = levels([loud, soft])
    assert seen(image(loud, scale)).mean() > seen(image(soft, scale)).mean() + 100
    low, high = levels([loud])
    assert high > low


@pytest.mark.parametrize("frames", [WIDEST + 1, 3 * WIDEST + 7])
def test_what_is_short_stays_to_be_seen_in_a_long_clip(frames: int) -> None:
    logmel = np.full((8, frames), -80, np.float32)
    logmel[:, frames // 2] = 0
    drawn = seen(image(logmel, (-80.0, 0.0)))
    assert drawn.shape[1] <= WIDEST
    assert drawn.max() > 150
