"""Recordings of any length as windows, whole or a piece at a time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from asdbench.data.decode import FileSource, decode
from asdbench.data.windows import WHOLE, Cut, adapted, heard, joined, windows_of

RATE = 1000
CUT = Cut(RATE, length=100, hop=50)


def noise(samples: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.1, samples)


@pytest.mark.parametrize(
    ("samples", "starts"),
    [
        (1, [0]),
        (100, [0]),
        (109, [0]),  # what is left over is less than a tenth of a window
        (120, [0, 20]),  # the last window ends with the recording
        (150, [0, 50]),
        (205, [0, 50, 100]),
        (215, [0, 50, 100, 115]),
    ],
)
def test_where_windows_begin(samples: int, starts: list[int]) -> None:
    assert CUT.starts(samples) == starts


def test_a_short_recording_is_repeated_as_a_short_clip_is() -> None:
    (window,) = windows_of(np.arange(30, dtype=np.int16), CUT)
    assert (window.samples == np.resize(np.arange(30), 100)).all()


@pytest.mark.parametrize("rate", [1000, 700, 1500, 3000, 441])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_long_file_a_piece_at_a_time_is_the_whole_file(
    tmp_path: Path, rate: int, channels: int
) -> None:
    file = tmp_path / "long.wav"
    samples = noise(channels * round(rate * (WHOLE + 61.7))).reshape(-1, channels)
    soundfile.write(file, samples, rate, subtype="PCM_16")
    decoded = decode(FileSource(file), RATE)
    found = heard(file, "auto", CUT)
    assert found.notes == decoded.notes
    assert found.seconds == pytest.approx(WHOLE + 61.7, abs=1e-2)
    pairs = zip(found.windows, windows_of(decoded.samples, CUT), strict=True)
    assert all(a.start == b.start and (a.samples == b.samples).all() for a, b in pairs)


def test_a_long_file_with_nan_is_named_while_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "long.wav"
    samples = noise(round(RATE * (WHOLE + 61)))
    samples[-5] = np.nan
    soundfile.write(file, samples, RATE, subtype="FLOAT")
    found = heard(file, "auto", CUT)
    with pytest.raises(ValueError, match=r"long\.wav holds NaN"):
        list(found.windows)


def test_a_file_that_cant_be_read_is_named(tmp_path: Path) -> None:
    file = tmp_path / "text.wav"
    file.write_text("no sound")
    with pytest.raises(ValueError, match=r"cannot read .*text\.wav"):
        heard(file, "auto", CUT)


def test_samples_in_memory_are_adapted_as_a_file_is(tmp_path: Path) -> None:
    samples = noise(3000).reshape(-1, 2)
    soundfile.write(tmp_path / "x.wav", samples, 1500, subtype="DOUBLE")
    decoded = decode(FileSource(tmp_path / "x.wav"), RATE)
    (found,), notes = adapted(samples, 1500, RATE, ["auto"])
    assert (found == decoded.samples).all()
    assert set(notes) == set(decoded.notes)


@pytest.mark.parametrize(
    ("samples", "rate", "says"),
    [
        (np.zeros(0), 1000, "shape"),
        (np.zeros((2, 2, 2)), 1000, "shape"),
        (np.array([0.0, np.inf]), 1000, "NaN or infinite"),
        (np.array([1, 2]), 1000, "int64"),
        (np.zeros(5), 0, "rate = 0"),
        (np.zeros(5), True, "rate = True"),
        (np.zeros(5), 44.1, r"rate = 44\.1"),
    ],
)
def test_samples_that_cant_be_heard(samples: np.ndarray, rate: int, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        adapted(samples, rate, RATE, ["auto"])


def test_loud_floats_are_said_to_be_clipped() -> None:
    assert adapted(np.array([0.5, 2.0]), RATE, RATE, ["auto"])[1] == ["clipped to [-1, 1]"]


def test_channels_of_a_window_are_put_together() -> None:
    channels, _ = adapted(np.stack([np.full(100, 0.1), np.full(100, 0.2)], 1), RATE, RATE, [0, 1])
    start, samples = joined([next(windows_of(channel, CUT)) for channel in channels])
    assert start == 0
    assert samples.shape == (2, 100)
    assert samples[0, 0] < samples[1, 0]
