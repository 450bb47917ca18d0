"""Scores put together, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from asdbench.evaluation.ensemble import ranked, standardised
from asdbench.evaluation.entries import MachineId
from asdbench.evaluation.threshold import threshold

FAN, OTHER, PUMP = MachineId("fan", "00"), MachineId("fan", "02"), MachineId("pump", "00")
TRAIN = np.array([[1.0, 3.0, 10.0, 30.0], [0.0, 0.0, 5.0, 7.0]])
TRAIN_IDS = [FAN, FAN, PUMP, PUMP]


def test_each_row_is_standardised_by_its_training_clips_of_the_id() -> None:
    scores = np.array([[4.0, 40.0], [2.0, 8.0]])
    found, _ = standardised(scores, [FAN, PUMP], TRAIN, TRAIN_IDS)
    # fan: (4 - 2) / 1 and, without spread, 2 - 0; pump: (40 - 20) / 10 and (8 - 6) / 1.
    assert found == pytest.approx([(2 + 2) / 2, (2 + 2) / 2])


def test_an_id_without_training_clips_has_its_types_or_all() -> None:
    scores = np.array([[4.0, 4.0], [2.0, 2.0]])
    valve = MachineId("valve", "00")
    found, _ = standardised(scores, [OTHER, valve], TRAIN, TRAIN_IDS)
    assert found[0] == pytest.approx((2 + 2) / 2)
    of_all = (4 - TRAIN[0].mean()) / TRAIN[0].std(), (2 - TRAIN[1].mean()) / TRAIN[1].std()
    assert found[1] == pytest.approx(sum(of_all) / 2)


def test_decisions_are_made_by_the_training_clips_mean() -> None:
    rng = np.random.default_rng(0)
    train = rng.gamma(4.0, size=(2, 50))
    level = (train - train.mean(axis=1, keepdims=True)) / train.std(axis=1, keepdims=True)
    limit = threshold(level.mean(axis=0))
    test = train.mean(axis=1, keepdims=True) + np.array([[limit - 0.01, limit + 0.01]]) * train.std(
        axis=1, keepdims=True
    )
    _, decided = standardised(test, [FAN, FAN], train, [FAN] * 50)
    assert decided == [False, True]


def test_ranks_are_those_within_an_id_and_equal_scores_share() -> None:
    scores = np.array([[0.1, 0.3, 0.3, 9.0], [5.0, 4.0, 6.0, -1.0]])
    found = ranked(scores, [FAN, FAN, FAN, PUMP])
    assert found == pytest.approx([(1 + 2) / 6, (2.5 + 1) / 6, (2.5 + 3) / 6, 1.0])
