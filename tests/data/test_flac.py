"""FLAC gives back what went in."""

from __future__ import annotations

import io

import numpy as np
import soundfile

from asdbench.data.flac import flac


def test_it_loses_nothing() -> None:
    samples = np.array([0, -32768, 32767, 5], np.int16)
    heard, rate = soundfile.read(io.BytesIO(flac(samples, 16000)), dtype="int16")
    assert rate == 16000
    assert (heard == samples).all()
