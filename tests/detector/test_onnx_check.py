"""On which clips, and by what, an exported network is compared to its detector."""

from __future__ import annotations

import time

import numpy as np
import pytest

from asdbench.detector.detector import Detector
from asdbench.detector.onnx_check import clips_for, difference, milliseconds, scores_of


def test_there_are_a_hundred_clips_and_some_of_every_id_at_every_level(knn: Detector) -> None:
    samples_NS, whose = clips_for(knn, knn.machines[:3])
    assert samples_NS.shape == (100, knn.length)
    assert samples_NS.dtype == np.int16
    assert {whose.count(one) for one in knn.machines[:3]} == {33, 34}
    assert len({row.tobytes() for row in samples_NS}) > 80
    scores_N = scores_of(knn, samples_NS, whose)
    assert scores_N.std() > 0.1 * abs(scores_N.mean())
    assert len(clips_for(knn, knn.machines * 25)[1]) == 600


def test_without_normal_clips_there_is_noise(
    knn: Detector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(vars(knn.about), "references", {})
    samples_NS, whose = clips_for(knn, knn.machines)
    assert np.isfinite(scores_of(knn, samples_NS, whose)).all()
    assert len({row.tobytes() for row in samples_NS}) > 80


def test_scores_are_those_of_the_detector(knn: Detector) -> None:
    samples_NS, whose = clips_for(knn, knn.machines)
    found_N = scores_of(knn, samples_NS[4:9], whose[4:9])
    alone = [
        knn.score(samples, knn.rate, machine=machine, id=id_).score
        for samples, (machine, id_) in zip(samples_NS[4:9], whose[4:9], strict=True)
    ]
    np.testing.assert_allclose(found_N, np.array(alone, dtype=float), rtol=1e-6)


def test_a_difference_is_relative_to_the_score_or_the_spread() -> None:
    wanted = np.array([0.0, 0.0, 100.0, -100.0])
    assert difference(wanted, wanted) == 0
    spread = wanted.std()
    assert difference(wanted, wanted + np.array([1, 0, 0, 0])) == pytest.approx(1 / spread)
    assert difference(wanted, wanted + np.array([0, 0, 0, 2])) == pytest.approx(0.02)
    assert np.isinf(difference(np.zeros(2), np.array([0.0, 1e-9])))
    assert np.isnan(difference(wanted, wanted + np.array([np.nan, 0, 0, 0])))


def test_time_is_that_of_one_clip() -> None:
    found = milliseconds(lambda clip: time.sleep(0.002 * len(clip)), np.zeros((5, 8), np.int16))
    assert 1.5 < found < 20
