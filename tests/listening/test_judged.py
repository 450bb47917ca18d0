"""How wrong a clip is: counted by hand, and tied to AUC."""

from __future__ import annotations

import numpy as np
import pytest

from asdbench.evaluation import metrics
from asdbench.evaluation.entries import Scored
from asdbench.listening.judged import percentiles, wrongness

LABELS = np.array([False, False, False, False, True, True])


def test_a_clip_lies_among_those_of_the_other_label() -> None:
    scored = Scored(LABELS, np.array([[0.0, 1.0, 2.0, 3.0, 2.0, 5.0]]))
    (found,) = percentiles(scored).tolist()
    assert found[4:] == [(2 + 0.5) / 4, 1.0]  # a tie counts half
    assert found[:4] == [0, 0, 0.25, 0.5]
    assert wrongness(percentiles(scored), scored).tolist() == [0, 0, 0.25, 0.5, 0.375, 0]


def test_its_mean_over_a_label_is_one_minus_auc_of_the_mean_repeat() -> None:
    rng = np.random.default_rng(1)
    labels = np.repeat([False, True], [13, 7])
    scored = Scored(labels, rng.integers(0, 6, (3, 20)).astype(float))
    aucs = [metrics.auc(labels, scores) for scores in scored.scores]
    wrong = wrongness(percentiles(scored), scored)
    for label in (True, False):
        assert wrong[labels == label].mean() == pytest.approx(1 - np.mean(aucs))
