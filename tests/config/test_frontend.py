"""The front end's settings: the reference's by default, and nothing impossible."""

from __future__ import annotations

import math
from dataclasses import asdict

import pytest

from asdbench.config.frontend import Frontend
from asdbench.config.schema import build


def test_the_defaults_are_the_references() -> None:
    assert asdict(Frontend()) == {
        "sample_rate": 16000,
        "clip_seconds": "auto",
        "n_fft": 1024,
        "win_length": 1024,
        "hop_length": 512,
        "n_mels": 128,
        "power": 2.0,
    }


def test_a_clip_of_ten_seconds_has_313_frames() -> None:
    assert Frontend().frames(160_000) == 313
    assert Frontend().frames(511) == 1
    assert Frontend(hop_length=256).frames(512) == 3


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        *[
            ({name: 0}, f"frontend {name} is 0; it must be above 0")
            for name in ("sample_rate", "n_fft", "win_length", "hop_length", "n_mels", "power")
        ],
        ({"clip_seconds": -1.0}, "frontend clip_seconds is -1.0; it must be above 0"),
        ({"power": math.nan}, "frontend power is nan; it must be above 0"),
        ({"n_fft": 512}, "frontend win_length is 1024, longer than n_fft = 512; set it to n_fft"),
    ],
)
def test_what_no_spectrogram_can_be_made_with(fields: dict, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Frontend(**fields)


def test_the_length_of_clips_is_auto_or_seconds() -> None:
    assert build(Frontend, {"clip_seconds": "auto"}, "x").clip_seconds == "auto"
    assert build(Frontend, {"clip_seconds": 2}, "x").clip_seconds == 2.0
    with pytest.raises(ValueError, match=r"x\.clip_seconds = 'long'"):
        build(Frontend, {"clip_seconds": "long"}, "x")
