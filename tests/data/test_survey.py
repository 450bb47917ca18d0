"""Sources are listened to once; those that can't be decoded are told apart, and tried again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from asdbench.data.decode import FileSource
from asdbench.data.faults import SILENT
from asdbench.data.known import Known
from asdbench.data.survey import survey

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
