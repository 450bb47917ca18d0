"""Sources are listened to once; those that can't be decoded are told apart, and tried again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from asdbench.data.bank import open_bank
from asdbench.data.decode import FileSource
from asdbench.data.faults import SILENT
from asdbench.data.known import Known
from asdbench.data.survey import survey, used_of

RATE = 16000

pytestmark = pytest.mark.usefixtures("cache")


def test_what_sources_hold_is_told_and_remembered(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "dead.wav", np.zeros(800, np.int16), 8000)
    (tmp_path / "broken.wav").write_bytes(b"no sound")
    sources = [FileSource(tmp_path / name) for name in ("dead.wav", "broken.wav")]
    told: list[tuple[int, int]] = []
    dead, broken = survey(sources, RATE, lambda *far: told.append(far))
    assert isinstance(dead, Known)
    assert dead.length == 1600
    assert dead.notes == ("resampled from 8000 Hz to 16000 Hz", SILENT)
    assert isinstance(broken, str)
    assert "broken.wav" in broken
    assert told == [(1, 2), (2, 2)]
    soundfile.write(tmp_path / "broken.wav", np.arange(800, dtype=np.int16), RATE)
    again, mended = survey(sources, RATE, lambda *far: told.append(far))
    assert again == dead
    assert isinstance(mended, Known)
    assert told[2:] == [(1, 1)]


def test_what_is_used_is_the_same_where_only_what_is_cut_differs(tmp_path: Path) -> None:
    sound = np.random.default_rng(0).integers(-9999, 9999, 800).astype(np.int16)
    for name, samples in {
        "whole": sound,
        "tail": [*sound, *sound[:9]],
        "half": sound[:400],
    }.items():
        soundfile.write(tmp_path / f"{name}.wav", np.array(samples, np.int16), RATE)
    sources = [FileSource(tmp_path / f"{name}.wav") for name in ("whole", "tail", "half")]
    known = [one for one in survey(sources, RATE) if isinstance(one, Known)]
    whole, tail, half = used_of(sources, known, RATE, 800)
    assert whole == tail != half
    bank = open_bank(sources, rate=RATE, seconds=0.05)
    assert [*bank.used] == [whole, tail, half]
