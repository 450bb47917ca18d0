"""Wav files whose header says more or less than there is."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
import soundfile

from asdbench.data.mended import Mended
from asdbench.data.riff import BEHIND, CONTRADICTS, Extent, extent_of

SAMPLES = np.random.default_rng(0).integers(-9000, 9000, 16000).astype(np.int16)
START = 44


@pytest.fixture
def wav() -> bytearray:
    written = io.BytesIO()
    soundfile.write(written, SAMPLES, 16000, format="WAV", subtype="PCM_16")
    return bytearray(written.getvalue())


def with_size(wav: bytearray, size: int) -> bytearray:
    return wav[: START - 4] + bytearray(struct.pack("<I", size)) + wav[START:]


def test_a_whole_file_fits(wav: bytearray) -> None:
    found = extent_of(io.BytesIO(wav))
    assert found == Extent(START, 32000, 32000)
    assert not found.cut_off
    assert not found.hidden


@pytest.mark.parametrize("behind", [b"LIST\4\0\0\0INFO", bytes(64), b"\0LIST\4\0\0\0INFO"])
def test_other_chunks_and_padding_are_no_sound(wav: bytearray, behind: bytes) -> None:
    assert extent_of(io.BytesIO(wav + behind)) == Extent(START, 32000, 32000)


def test_what_is_behind_the_samples_and_is_nothing_is_odd(wav: bytearray) -> None:
    """As where a transfer took lines' ends for text."""
    for behind in (b"junk" * 100, bytes(3) + b"\1", SAMPLES[:253].tobytes()):
        assert extent_of(io.BytesIO(wav + behind)) == Extent(START, 32000, 32000, odd=(BEHIND,))


@pytest.mark.parametrize(("place", "form", "value"), [(32, "<H", 3), (28, "<I", 7), (34, "<H", 8)])
def test_sizes_that_do_not_fit_each_other_are_odd(
    wav: bytearray, place: int, form: str, value: int
) -> None:
    struct.pack_into(form, wav, place, value)
    found = extent_of(io.BytesIO(wav))
    assert found is not None
    assert found.odd == (CONTRADICTS,)


def test_large_chunks_behind_a_few_samples_are_no_sound() -> None:
    written = io.BytesIO()
    soundfile.write(written, SAMPLES[:9], 16000, format="WAV", subtype="PCM_16")
    behind = b"bext" + struct.pack("<I", 9000) + bytes(9000)
    assert extent_of(io.BytesIO(written.getvalue() + behind)) == Extent(START, 18, 18)


def test_a_file_that_was_cut_off_says_so(wav: bytearray) -> None:
    found = extent_of(io.BytesIO(wav[:20044]))
    assert found == Extent(START, 32000, 20000)
    assert found.cut_off


@pytest.mark.parametrize("size", [0xFFFFFFFF, 0x7FFFF000])
def test_a_size_that_was_not_known_is_no_fault(wav: bytearray, size: int) -> None:
    found = extent_of(io.BytesIO(with_size(wav, size)))
    assert found is not None
    assert not found.cut_off
    assert not found.hidden


@pytest.mark.parametrize("size", [0, 16000])
def test_what_a_header_does_not_tell_of_is_read_to_the_end(wav: bytearray, size: int) -> None:
    """A recorder without power leaves 0; a size beyond 4 GB wraps around."""
    wrong = io.BytesIO(with_size(wav, size))
    found = extent_of(wrong)
    assert found == Extent(START, size, 32000)
    assert found.hidden
    assert wrong.tell() == 0
    read, rate = soundfile.read(Mended(wrong, found.mended), dtype="int16")
    assert rate == 16000
    np.testing.assert_array_equal(read, SAMPLES)


def test_samples_in_two_pieces_are_no_wav_file(wav: bytearray) -> None:
    again = bytes(wav[START - 8 :])
    for between in (b"", b"LIST\4\0\0\0INFO"):
        found = extent_of(io.BytesIO(bytes(wav) + between + again))
        assert found == Extent(START, 32000, 32000, alone=False)


@pytest.mark.parametrize("other", [b"", b"RIFF", b"fLaC" + bytes(40), b"RIFF\0\0\0\0WAVEfmt "])
def test_anything_else_is_left_to_libsndfile(other: bytes) -> None:
    assert extent_of(io.BytesIO(other)) is None
