"""Every format that libsndfile reads, and what is said of how it was read."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from asdbench.data.sound_files import CUT_OFF, HIDDEN, header_of, samples_of

RATE = 16000
NOISE = np.random.default_rng(0).integers(-9000, 9000, RATE).astype(np.int16)


def written(path: Path, **how: object) -> Path:
    soundfile.write(path, NOISE, RATE, **how)
    return path


def changed(path: Path, place: int, value: int) -> Path:
    content = bytearray(path.read_bytes())
    content[place : place + 4] = struct.pack("<I", value)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("suffix", ["wav", "flac", "aiff", "w64", "caf", "au", "rf64"])
def test_what_is_kept_without_loss_comes_through_without_a_word(
    tmp_path: Path, suffix: str
) -> None:
    path = written(tmp_path / f"a.{suffix}", subtype="PCM_16")
    assert header_of(str(path), path) == (RATE, RATE, 1)
    found = samples_of(str(path), path)
    np.testing.assert_array_equal(found.samples, NOISE)
    assert found.notes == ()


@pytest.mark.parametrize(
    ("suffix", "subtype"),
    [("ogg", "VORBIS"), ("opus", "OPUS"), ("mp3", "MPEG_LAYER_III"), ("wav", "GSM610"),
     ("wav", "IMA_ADPCM")],
)  # fmt: skip
def test_loss_is_said(tmp_path: Path, suffix: str, subtype: str) -> None:
    path = tmp_path / f"a.{suffix}"
    kind = "OGG" if subtype == "OPUS" else None
    soundfile.write(path, NOISE, RATE, subtype=subtype, format=kind)
    found = samples_of(str(path), path)
    assert found.notes == (f"compressed with loss ({subtype})",)
    assert abs(len(found.samples) - RATE) < 3000


@pytest.mark.parametrize("name", ["a.wav", "a.mp3"])
def test_a_file_that_was_cut_off_is_read_as_far_as_it_goes_and_says_so(
    tmp_path: Path, name: str
) -> None:
    whole = written(tmp_path / name)
    content = whole.read_bytes()
    whole.write_bytes(content[: len(content) * 6 // 10])
    found = samples_of(str(whole), whole)
    assert CUT_OFF in found.notes
    assert 0.3 * RATE < len(found.samples) < 0.7 * RATE


def test_what_is_in_an_archive_is_looked_at_as_well(tmp_path: Path) -> None:
    content = written(tmp_path / "a.wav").read_bytes()
    assert samples_of(io.BytesIO(content[:20044]), "zipped").notes == (CUT_OFF,)


@pytest.mark.parametrize("size", [0, RATE])
def test_samples_that_the_header_does_not_tell_of_are_read(tmp_path: Path, size: int) -> None:
    path = changed(written(tmp_path / "a.wav"), 40, size)
    assert header_of(str(path), path).frames == RATE
    found = samples_of(str(path), path)
    np.testing.assert_array_equal(found.samples, NOISE)
    assert found.notes == (HIDDEN,)


def test_a_file_that_breaks_off_where_it_can_not_be_read_is_named(tmp_path: Path) -> None:
    path = written(tmp_path / "a.flac")
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(ValueError, match=r"cannot read .*a\.flac: flac decoder lost sync"):
        samples_of(str(path), path)


def test_a_rate_that_no_recorder_has_is_named(tmp_path: Path) -> None:
    path = changed(written(tmp_path / "a.wav"), 24, 7)
    with pytest.raises(ValueError, match=r"a\.wav says that it has 7 samples a second"):
        header_of(str(path), path)


def _flac_of(total: int) -> io.BytesIO:
    """A FLAC file of 8,000 samples whose header says so many; 0 says that it isn't known."""
    file = io.BytesIO()
    wave = np.random.default_rng(0).integers(-9000, 9000, 8000).astype(np.int16)
    soundfile.write(file, wave, 16000, format="FLAC", subtype="PCM_16")
    content = bytearray(file.getvalue())
    number = int.from_bytes(content[18:26], "big") >> 36 << 36 | total
    content[18:26] = number.to_bytes(8, "big")
    return io.BytesIO(bytes(content))


def test_a_flac_file_with_a_length_that_isnt_its_own_is_refused() -> None:
    assert len(samples_of(_flac_of(8000), "a.flac").samples) == 8000
    with pytest.raises(ValueError, match=r"cannot read a\.flac: "):
        samples_of(_flac_of(9000), "a.flac")


@pytest.mark.parametrize(("total", "notes"), [(0, ()), (5, (HIDDEN,)), (7999, (HIDDEN,))])
def test_a_flac_file_that_has_more_than_it_says_is_read_to_its_end(
    total: int, notes: tuple[str, ...]
) -> None:
    """A stream's header doesn't say how long it is: that is no fault."""
    assert header_of(_flac_of(total), "a.flac").frames == 8000
    found = samples_of(_flac_of(total), "a.flac")
    np.testing.assert_array_equal(found.samples, samples_of(_flac_of(8000), "a.flac").samples)
    assert found.notes == notes


def test_samples_in_two_pieces_are_refused_by_name(tmp_path: Path) -> None:
    path = written(tmp_path / "a.wav")
    path.write_bytes(path.read_bytes() + path.read_bytes()[36:])
    with pytest.raises(ValueError, match=r"a\.wav has its samples in two data chunks.*write it"):
        samples_of(str(path), path)


@pytest.mark.parametrize("total", [2**31, 2**36 - 1])
@pytest.mark.parametrize("read", [header_of, samples_of])
def test_a_length_that_cant_be_is_refused_with_the_way_out(
    read: Callable[[io.BytesIO, str], object], total: int
) -> None:
    """It would take more memory than there is."""
    with pytest.raises(ValueError, match=r"a\.flac doesn't say how long it is.*ffmpeg -i OLD NEW"):
        read(_flac_of(total), "a.flac")
