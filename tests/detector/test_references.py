"""What is kept of training clips."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from asdbench.data.clips import Clips
from asdbench.detector import references as module
from asdbench.detector.references import references, samples_of, spread_out


def test_each_machine_id_has_its_own_and_examples_to_hear(
    tmp_path: Path, small_clips: Clips
) -> None:
    train = small_clips.where(split="train")
    told: list[tuple[int, int]] = []
    found = references(train, tmp_path, lambda *done: told.append(done))
    assert list(found) == ["fan/00", "fan/02", "valve/00", "valve/02"]
    assert told[-1] == (16, 16)
    one = train.where(machine="fan", id="00")
    wanted = one.logmel().mean(dim=2).mean(dim=0).double().numpy()
    np.testing.assert_allclose(found["fan/00"].spectrum, wanted, atol=1e-2)
    heard = [soundfile.read(tmp_path / name, dtype="int16") for name in found["fan/00"].examples]
    assert {rate for _, rate in heard} == {16000}
    kept = {samples.tobytes() for samples, _ in heard}
    assert kept == {samples.tobytes() for samples in samples_of(one)}


def test_few_examples_cover_all(
    tmp_path: Path, small_clips: Clips, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "EXAMPLES", 2)
    found = references(small_clips.where(split="train"), tmp_path)
    assert {len(one.examples) for one in found.values()} == {2}


def test_rows_that_are_spread_out() -> None:
    line = np.array([[0.0], [1.0], [2.0], [10.0], [4.0]])
    assert spread_out(line, 1) == [4]  # the nearest to the mean
    assert spread_out(line, 3) == [0, 3, 4]
    assert spread_out(line, 99) == [0, 1, 2, 3, 4]
