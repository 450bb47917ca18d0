"""Decoding: whatever a file is, it becomes mono int16 at one rate, or an error that names it."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from asdbench.data.decode import FileSource, Generated, decode, fit, length_at, ratio_of

RATE = 16000


def wav(path: Path, samples: np.ndarray, rate: int = RATE, subtype: str = "PCM_16") -> FileSource:
    soundfile.write(path, samples, rate, subtype=subtype)
    return FileSource(path)


def made(samples: np.ndarray, rate: int = RATE) -> Generated:
    return Generated("made", lambda: samples, len(samples), rate)


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(-32768, 32768, shape).astype(np.int16)


def sine(hertz: float, rate: int, seconds: float = 1.0) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)


def test_sixteen_bit_mono_comes_through_bit_for_bit(tmp_path: Path) -> None:
    samples = noise(1000)
    decoded = decode(wav(tmp_path / "a.wav", samples), RATE)
    assert decoded.samples.dtype == np.int16
    np.testing.assert_array_equal(decoded.samples, samples)
    assert decoded.notes == ()


def test_eight_bit_is_sixteen_bit_with_low_bits_zero(tmp_path: Path) -> None:
    samples = (noise(1000) >> 8) << 8
    np.testing.assert_array_equal(
        decode(wav(tmp_path / "a.wav", samples, subtype="PCM_U8"), RATE).samples, samples
    )


def test_24_bit_is_rounded_not_cut(tmp_path: Path) -> None:
    in_24_bit = np.array([0, 100, 127, 129, 255, -129, 8388607, -8388608])
    source = wav(tmp_path / "a.wav", (in_24_bit * 256).astype(np.int32), subtype="PCM_24")
    # 256 steps of 24 bits are one of 16; the loudest positive one has nowhere to go.
    assert decode(source, RATE).samples.tolist() == [0, 0, 0, 1, 1, -1, 32767, -32768]


def test_floats_are_scaled_by_32768_and_clipped_with_a_note(tmp_path: Path) -> None:
    inside = wav(tmp_path / "a.wav", np.array([0, 0.5, -0.5, -1, 1, 1 / 32768]), subtype="FLOAT")
    assert decode(inside, RATE).samples.tolist() == [0, 16384, -16384, -32768, 32767, 1]
    assert decode(inside, RATE).notes == ()
    beyond = wav(tmp_path / "b.wav", np.array([0, 3.0, -3.0]), subtype="FLOAT")
    assert decode(beyond, RATE) == (pytest.approx([0, 32767, -32768]), ("clipped to [-1, 1]",))


def test_two_channels_are_averaged(tmp_path: Path) -> None:
    decoded = decode(wav(tmp_path / "a.wav", np.array([[100, 300], [-5, -7]], np.int16)), RATE)
    assert decoded.samples.tolist() == [200, -6]
    assert decoded.notes == ("2 channels: averaged",)
    loud = np.full((3, 2), 32767, np.int16)  # a sum in 16 bits would overflow
    assert decode(wav(tmp_path / "b.wav", loud), RATE).samples.tolist() == [32767] * 3


@pytest.mark.parametrize("channels", [3, 8])
def test_of_more_channels_the_first_is_taken(tmp_path: Path, channels: int) -> None:
    samples = noise(500, channels)
    decoded = decode(wav(tmp_path / "a.wav", samples), RATE)
    np.testing.assert_array_equal(decoded.samples, samples[:, 0])
    assert decoded.notes == (f"{channels} channels: took the first",)


@pytest.mark.parametrize("rate", [8000, 11025, 22050, 44100, 48000])
def test_other_rates_keep_the_sound(tmp_path: Path, rate: int) -> None:
    decoded = decode(wav(tmp_path / "a.wav", sine(1000, rate), rate), RATE)
    assert decoded.notes == (f"resampled from {rate} Hz to {RATE} Hz",)
    assert len(decoded.samples) == RATE
    middle = slice(2000, -2000)
    difference = decoded.samples[middle] / 32768 - sine(1000, RATE)[middle]
    assert np.abs(difference).max() < 2e-3


def test_what_is_above_the_new_band_is_gone(tmp_path: Path) -> None:
    decoded = decode(wav(tmp_path / "a.wav", sine(15000, 48000), 48000), RATE)
    assert np.abs(decoded.samples[2000:-2000]).max() / 32768 < 5e-3  # 40 dB below


@given(st.integers(1, 3000), st.sampled_from([4000, 8000, 11025, 16000, 22050, 44100, 48000]))
def test_the_length_is_known_from_the_header(frames: int, rate: int) -> None:
    source = made(np.zeros(frames, np.int16), rate)
    assert length_at(source.header(), RATE) == len(decode(source, RATE).samples)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("channels", [1, 2])
def test_samples_that_are_no_numbers_are_an_error(
    tmp_path: Path, bad: float, channels: int
) -> None:
    samples = np.zeros((100, channels))
    samples[50, -1] = bad
    source = wav(tmp_path / "bad.wav", samples, subtype="FLOAT")
    with pytest.raises(ValueError, match=r"bad\.wav holds NaN or infinite samples"):
        decode(source, RATE)


def test_a_wav_without_samples_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"none\.wav holds no samples"):
        decode(wav(tmp_path / "none.wav", np.zeros(0, np.int16)), RATE)


@pytest.mark.parametrize(
    "content",
    [b"", b"this is text", b"RIFF\x24\0\0\0WAVE", struct.pack("<4sI4s", b"RIFF", 9, b"AVI ")],
    ids=["empty", "text", "header cut off", "no wav"],
)
def test_a_broken_file_is_an_error_that_names_it(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.wav"
    path.write_bytes(content)
    for read in (FileSource(path).header, FileSource(path).read):
        with pytest.raises(ValueError, match=r"cannot read .*/broken\.wav: .+; replace") as caught:
            read()
        assert "\n" not in str(caught.value)


def test_a_missing_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    link = tmp_path / "nowhere.wav"
    link.symlink_to(tmp_path / "gone.wav")
    with pytest.raises(ValueError, match=r"cannot read .*/nowhere\.wav: No such file"):
        _ = FileSource(link).identity


def test_a_file_that_ends_early_gives_what_is_there(tmp_path: Path) -> None:
    samples = noise(1000)
    source = wav(tmp_path / "a.wav", samples)
    source.path.write_bytes(source.path.read_bytes()[:-1000])
    np.testing.assert_array_equal(decode(source, RATE).samples, samples[:500])


def test_a_files_identity_changes_with_its_content_and_place(tmp_path: Path) -> None:
    source = wav(tmp_path / "a.wav", noise(100))
    before = source.identity
    assert source.identity == before
    wav(tmp_path / "a.wav", noise(101))
    assert source.identity != before
    assert wav(tmp_path / "b.wav", noise(101)).identity != source.identity


def test_fit_cuts_or_repeats() -> None:
    samples = np.arange(5, dtype=np.int16)
    assert fit(samples, 3).tolist() == [0, 1, 2]
    assert fit(samples, 5).tolist() == [0, 1, 2, 3, 4]
    assert fit(samples, 12).tolist() == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1]


@pytest.mark.parametrize(
    ("channel", "shown", "note"),
    [
        (0, 0, "took the first"),
        (2, 2, "took channel 3"),
        ("mean", None, "averaged"),
        ("auto", 0, "took the first"),
    ],
)
def test_a_channel_can_be_chosen(
    tmp_path: Path, channel: int | str, shown: int | None, note: str
) -> None:
    samples = noise(100, 3)
    plain = wav(tmp_path / "a.wav", samples)
    chosen = FileSource(plain.path, channel)
    decoded = decode(chosen, RATE)
    mean = np.rint(samples.mean(axis=1))
    np.testing.assert_array_equal(decoded.samples, mean if shown is None else samples[:, shown])
    assert decoded.notes == (f"3 channels: {note}",)
    end = "" if channel == "auto" else f":channel {channel}"
    assert chosen.identity == plain.identity + end


@pytest.mark.parametrize("channels", [1, 2])
def test_a_channel_that_is_not_there_is_an_error(tmp_path: Path, channels: int) -> None:
    path = wav(tmp_path / "a.wav", noise(100, channels)).path
    with pytest.raises(ValueError, match=r"a\.wav has .* so there is no channel 5"):
        decode(FileSource(path, 4), RATE)


def test_a_rate_that_shares_no_factor_takes_no_filter_as_long_as_itself() -> None:
    assert ratio_of(16000, 44100) == Fraction(160, 441)
    assert ratio_of(16000, 192_000) == Fraction(1, 12)
    odd = ratio_of(16000, 4_999_999)
    assert odd.denominator <= 100_000
    assert abs(float(odd) * 4_999_999 / 16000 - 1) < 1e-6
