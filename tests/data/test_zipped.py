"""A recording inside a zip: the same sound as unpacked, and errors that name both."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
import soundfile

from asdbench.data.decode import FileSource, decode
from asdbench.data.zipped import ZipSource, member_bytes

MEMBER = "fan/train/a.wav"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A zip of one wav with two channels, which lies beside it as well."""
    samples = np.random.default_rng(0).integers(-9000, 9000, (800, 2)).astype(np.int16)
    soundfile.write(tmp_path / "a.wav", samples, 16000)
    with zipfile.ZipFile(tmp_path / "dev_fan.zip", "w", zipfile.ZIP_DEFLATED) as file:
        file.write(tmp_path / "a.wav", MEMBER)
        file.writestr("fan/train/broken.wav", b"no sound")
    return tmp_path / "dev_fan.zip"


@pytest.mark.parametrize("channel", ["auto", "mean", 0, 1])
def test_it_sounds_as_the_file_does(archive: Path, channel: int | str) -> None:
    zipped, file = (
        ZipSource(archive, MEMBER, channel),
        FileSource(archive.parent / "a.wav", channel),
    )
    assert zipped.header() == file.header() == (800, 16000, 2)
    for one, other in zip(decode(zipped, 16000), decode(file, 16000), strict=True):
        np.testing.assert_array_equal(one, other)


def test_its_identity_has_archive_size_time_member_and_channel(archive: Path) -> None:
    before = ZipSource(archive, MEMBER).identity
    assert before.startswith(f"{archive}:")
    assert before.endswith(f":{MEMBER}")
    assert ZipSource(archive, MEMBER, 1).identity == f"{before}:channel 1"
    os.utime(archive, (1, 1))
    assert ZipSource(archive, MEMBER).identity != before


def test_what_cannot_be_read_is_named(archive: Path) -> None:
    with pytest.raises(ValueError, match=r"cannot read .*/dev_fan\.zip/fan/train/broken\.wav: "):
        ZipSource(archive, "fan/train/broken.wav").read()
    with pytest.raises(ValueError, match=r"cannot read .*/dev_fan\.zip/gone\.wav: "):
        member_bytes(archive, "gone.wav")
    archive.write_bytes(b"half")
    with pytest.raises(ValueError, match=r"cannot read .*/dev_fan\.zip/fan/train/a\.wav: "):
        ZipSource(archive, MEMBER).header()
    archive.unlink()
    with pytest.raises(ValueError, match=r"cannot read .*/dev_fan\.zip: No such file"):
        _ = ZipSource(archive, MEMBER).identity
