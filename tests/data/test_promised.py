"""Files of every container that were cut off are told from whole ones."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from asdbench.data.promised import ends_early
from asdbench.data.sound_files import CUT_OFF, samples_of

FORMS = (
    *(("RF64", "PCM_16"), ("W64", "PCM_24"), ("AIFF", "PCM_16"), ("AIFF", "FLOAT")),
    *(("AU", "PCM_16"), ("OGG", "VORBIS")),
)


def written(form: str, kind: str, channels: int = 1) -> bytes:
    noise = np.random.default_rng(0).normal(0, 0.1, (16000, channels))
    file = io.BytesIO()
    soundfile.write(file, noise, 16000, format=form, subtype=kind)
    return file.getvalue()


@pytest.mark.parametrize(("form", "kind"), FORMS)
@pytest.mark.parametrize("channels", [1, 2])
def test_a_file_that_was_cut_off_says_so_and_a_whole_one_does_not(
    form: str, kind: str, channels: int
) -> None:
    whole = written(form, kind, channels)
    assert not ends_early(io.BytesIO(whole))
    assert CUT_OFF not in samples_of(io.BytesIO(whole), "a clip").notes
    for left in (len(whole) // 2, len(whole) - 900):
        cut = io.BytesIO(whole[:left])
        assert ends_early(cut)
        assert cut.tell() == 0
        notes = samples_of(cut, "a clip").notes
        assert notes.count(CUT_OFF) == 1


@pytest.mark.parametrize("form", ["WAV", "FLAC", "MP3"])
def test_others_are_for_those_who_know_them(form: str) -> None:
    whole = written(form, {"MP3": "MPEG_LAYER_III"}.get(form, "PCM_16"))
    assert not ends_early(io.BytesIO(whole))


@pytest.mark.parametrize("size", [0, 3, 5, 11, 20])
def test_what_ends_within_its_header_is_left_to_who_reads_it(size: int) -> None:
    for form, kind in FORMS:
        file = io.BytesIO(written(form, kind)[:size])
        ends_early(file)
        assert file.tell() == 0


def test_a_size_that_was_not_known_promises_nothing() -> None:
    content = bytearray(written("AU", "PCM_16"))
    content[8:12] = b"\xff\xff\xff\xff"
    assert not ends_early(io.BytesIO(content[: len(content) // 2]))
