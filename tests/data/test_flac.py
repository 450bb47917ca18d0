"""The last frame of a FLAC file says how many samples there are."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from asdbench.data.flac import total_of


def flac(samples: int, channels: int, rate: int, said: int, subtype: str = "PCM_16") -> bytes:
    """A file of noise whose header says that it has so many samples."""
    noise = np.random.default_rng(0).integers(-9999, 9999, (samples, channels)).astype(np.int16)
    file = io.BytesIO()
    soundfile.write(file, noise, rate, format="FLAC", subtype=subtype)
    content = bytearray(file.getvalue())
    content[18:26] = (int.from_bytes(content[18:26], "big") >> 36 << 36 | said).to_bytes(8, "big")
    return bytes(content)


@pytest.mark.parametrize("samples", [100, 192, 4095, 4096, 4097, 8000, 600_000])
@pytest.mark.parametrize(("channels", "rate"), [(1, 16000), (2, 44100), (1, 12345), (2, 11025)])
def test_however_blocks_and_rates_are_written(samples: int, channels: int, rate: int) -> None:
    for said in (0, samples // 2, samples - 1):
        found = total_of(io.BytesIO(flac(samples, channels, rate, said)))
        assert (found.said, found.there, found.hidden) == (said, samples, True)
    whole = flac(samples, channels, rate, samples)
    assert not total_of(io.BytesIO(whole)).hidden
    again = bytearray(flac(samples, channels, rate, 7))
    for place, content in total_of(io.BytesIO(again)).mended.items():
        again[place : place + len(content)] = content
    assert again == whole


def test_what_only_looks_like_the_last_frame_is_passed_over() -> None:
    """In this file's noise is what may be the header of one."""
    found = total_of(io.BytesIO(flac(8000, 8, 96000, 4000)))
    assert found.there == 8000


@pytest.mark.parametrize("cut", [9, 30, 5000])
def test_where_the_end_is_missing_nobody_knows(cut: int) -> None:
    found = total_of(io.BytesIO(flac(8000, 1, 16000, 4000)[:-cut]))
    assert found is None or not found.hidden


@pytest.mark.parametrize("other", [b"", b"fLaC", b"RIFF" + bytes(40), b"fLaC\1" + bytes(40)])
def test_anything_else_is_left_to_libsndfile(other: bytes) -> None:
    assert total_of(io.BytesIO(other)) is None
