"""Windows are scored in groups of any size, and silent ones not at all."""

from __future__ import annotations

import numpy as np
import pytest
from small_detectors import hiss

from asdbench.detector.detector import Detector
from asdbench.detector.scored import AT_ONCE
from asdbench.detector.window_scorer import WindowScorer


def test_many_windows_have_the_scores_of_each(knn: Detector) -> None:
    one = (hiss(seed=1) * 32768).astype(np.int16)[None]
    other = (hiss(seed=2) * 32768).astype(np.int16)[None]
    silence = np.zeros_like(one)
    windows = [(float(n), [one, other, silence][n % 3]) for n in range(AT_ONCE + 10)]
    found = knn.score_windows(windows, ("fan", "00"))
    assert [window.start for window in found] == [float(n) for n in range(AT_ONCE + 10)]
    assert {window.score is None for window in found[2::3]} == {True}
    alone = [knn.score_windows([(0.0, x)], ("fan", "00"))[0].score for x in (one, other)]
    for place, wanted in enumerate(alone):
        scores = [window.score for window in found[place::3]]
        assert scores == pytest.approx([wanted] * len(scores), rel=1e-9)


def test_a_detector_is_one(knn: Detector) -> None:
    assert isinstance(knn, WindowScorer)
    assert knn.reference(("fan", "00")) is not None
    assert knn.reference(("fan", "07")) is None
    assert knn.cut(0.75).hop == 4000
