"""Sound in a file's bytes gives back what went in."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from asdbench.data.encoded import encoded


@pytest.mark.parametrize("form", ["WAV", "FLAC"])
def test_it_loses_nothing(form: str) -> None:
    samples = np.array([0, -32768, 32767, 5], np.int16)
    file = io.BytesIO(encoded(samples, 16000, form))
    assert soundfile.info(file).format == form
    file.seek(0)
    heard, rate = soundfile.read(file, dtype="int16")
    assert rate == 16000
    assert (heard == samples).all()
