"""Decisions: by thresholds of training clips alone, a machine ID each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from asdbench.data.clips import Clip, Clips
from asdbench.evaluation.threshold import threshold
from asdbench.execution.decisions import decisions


class Level:
    """Scores a clip by a number that belongs to its ID."""

    def __init__(self, levels: dict[str, float]) -> None:
        self.levels = levels

    def score(self, clips: Sequence[Clip]) -> list[float]:
        return [self.levels[clip.id] + 0.01 * place for place, clip in enumerate(clips)]


class LeftOut(Level):
    """With scores of training clips as if it had not learned from them."""

    def train_scores(self, clips: Sequence[Clip]) -> list[float]:
        return [100.0 + place for place in range(len(clips))]


def clips(split: str, *ids: str, machine: str = "fan") -> list[Clip]:
    return [Clip(machine, id_, "development", split, None) for id_ in ids for _ in range(10)]


def test_each_id_has_a_threshold_of_its_own() -> None:
    method = Level({"00": 0.0, "02": 5.0})
    train, test = clips("train", "00", "02"), clips("test", "00", "02")
    known = np.array(method.score(train))
    limits = [threshold(known[:10]), threshold(known[10:])]
    scores = np.array([limits[0] + 0.1] * 10 + [limits[1] - 0.1] * 10)
    found = decisions(method, train, test, scores)  # type: ignore[arg-type]
    assert found.anomalous == [True] * 10 + [False] * 10


def test_scores_as_if_not_learned_from_go_first() -> None:
    method = LeftOut({"00": 0.0})
    scores = np.full(10, 50.0)
    found = decisions(method, clips("train", "00"), clips("test", "00"), scores)  # type: ignore[arg-type]
    assert not any(found.anomalous)


def test_an_id_that_was_never_heard_has_its_type_s_threshold() -> None:
    method = Level({"00": 0.0, "09": 0.0})
    train = [*clips("train", "00"), *clips("train", "00", machine="pump")]
    scores = np.full(10, 0.15)  # above what fans have, below what pumps have
    assert all(decisions(method, train, clips("test", "09"), scores).anomalous)  # type: ignore[arg-type]


def test_training_scores_that_are_no_numbers_are_an_error(small_clips: Clips) -> None:
    class Broken:
        def score(self, clips: Clips) -> list[float]:
            return [float("nan")] * len(clips)

    train, test = small_clips.where(split="train"), small_clips.where(split="test")
    with pytest.raises(ValueError, match="NaN or infinite"):
        decisions(Broken(), train, test, np.zeros(len(test)))  # type: ignore[arg-type]
