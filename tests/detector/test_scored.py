"""A recording's score is that of its most anomalous window."""

from __future__ import annotations

import numpy as np

from asdbench.detector.scored import RecordingScore, ScoredWindow
from asdbench.detector.standing import Standing
from asdbench.evaluation.limits import Limit

STANDING = Standing(
    np.zeros((1, 1)),
    np.ones((1, 1)),
    np.array([1.0, 2.0, 3.0, 4.0]),
    Limit(3.5, "gamma:0.9", 4, 0.1, 0.0, 0.6),
)


def test_the_highest_window_counts_and_its_place_is_told() -> None:
    windows = [
        ScoredWindow(0.0, 1.0, False),
        ScoredWindow(1.0, None, None, ("silent: the microphone is dead",)),
        ScoredWindow(2.0, 3.0, False, ("quiet: -80 dB", "clipped: 2 %")),
        ScoredWindow(3.0, 2.0, False, ("quiet: -81 dB",)),
    ]
    found = RecordingScore.of(windows, ("fan", "00"), STANDING, ["said of all"])
    assert (found.score, found.at, found.percentile, found.alarm) == (3.0, 2.0, 75.0, False)
    assert found.warnings == (
        "said of all",
        "silent: the microphone is dead (1 of 4 windows)",
        "quiet: -80 dB (2 of 4 windows)",
        "clipped: 2 % (1 of 4 windows)",
    )


def test_one_alarm_is_an_alarm() -> None:
    windows = [ScoredWindow(0.0, 1.0, False), ScoredWindow(1.0, 9.0, True)]
    found = RecordingScore.of(windows, ("fan", "00"), STANDING, [])
    assert found.alarm
    assert found.alarms == 1
    assert found.excess > 5


def test_without_sound_there_is_no_score() -> None:
    found = RecordingScore.of(
        [ScoredWindow(0.0, None, None, ("silent",))], ("fan", "00"), STANDING, []
    )
    assert (found.score, found.percentile, found.alarm) == (None, None, None)
    assert found.excess == -np.inf
