"""AUC and pAUC against scikit-learn and against figures worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from asdbench.evaluation.metrics import auc, pauc, placements, roc

FEW_VALUES = st.integers(-3, 3).map(float)  # so that ties are common
ANY_VALUE = st.floats(allow_nan=False, allow_infinity=False, width=32)
LABELLED = st.lists(st.tuples(st.booleans(), FEW_VALUES | ANY_VALUE), min_size=2, max_size=80)


@given(LABELLED)
@example([(True, 0.0), (False, 0.0)])
@example([(i == 0, float(i)) for i in range(11)])
@example([(i % 2 == 0, float(i // 2)) for i in range(41)])
def test_equal_to_scikit_learn(pairs: list[tuple[bool, float]]) -> None:
    labels, scores = (np.array(column) for column in zip(*pairs, strict=True))
    assume(labels.any() and not labels.all())
    assert auc(labels, scores) == pytest.approx(roc_auc_score(labels, scores), abs=1e-12)
    for limit in (0.1, 0.25, 0.9):
        expected = roc_auc_score(labels, scores, max_fpr=limit)
        assert pauc(labels, scores, max_fpr=limit) == pytest.approx(expected, abs=1e-12)
    assert pauc(labels, scores) == pauc(labels, scores, max_fpr=0.1)


@given(LABELLED, st.randoms(use_true_random=False))
def test_the_order_of_the_clips_changes_no_bit(pairs: list[tuple[bool, float]], random) -> None:
    labels, scores = zip(*pairs, strict=True)
    assume(len(set(labels)) == 2)
    shuffled = random.sample(pairs, len(pairs))
    assert auc(*zip(*shuffled, strict=True)) == auc(labels, scores)
    assert pauc(*zip(*shuffled, strict=True)) == pauc(labels, scores)


@pytest.mark.parametrize(
    ("normal", "anomalous", "expected"),
    [
        ([1, 2], [3, 4], 1.0),
        ([3, 4], [1, 2], 0.0),
        ([1, 1], [1, 1], 0.5),
        ([1, 3], [2], 0.5),
        ([1, 2, 3], [2, 4], 4.5 / 6),  # wins: 2 beats 1, ties 2; 4 beats all three
    ],
)
def test_auc_is_the_share_of_pairs_won(normal: list, anomalous: list, expected: float) -> None:
    labels = [False] * len(normal) + [True] * len(anomalous)
    assert auc(labels, normal + anomalous) == pytest.approx(expected, abs=1e-15)


def test_pauc_by_hand() -> None:
    # 20 normal clips at 0..19. Two of four anomalies lie above all, one above 19 of 20, one below:
    # the curve is at 0.5 up to a rate of 0.05 and at 0.75 from there to 0.1.
    scores = [*range(20), 100, 101, 18.5, -1]
    labels = [False] * 20 + [True] * 4
    area = 0.05 * 0.5 + 0.05 * 0.75
    assert pauc(labels, scores) == pytest.approx(
        0.5 * (1 + (area - 0.005) / (0.1 - 0.005)), abs=1e-15
    )


def test_pauc_is_half_at_chance_and_one_at_best() -> None:
    assert pauc([False, True], [0, 0]) == pytest.approx(0.5, abs=1e-15)
    assert pauc([False] * 10 + [True], [*range(10), 99]) == pytest.approx(1.0, abs=1e-15)


def test_roc_has_one_point_a_distinct_score() -> None:
    false_rate, true_rate = roc([True, False, True, False], [2, 1, 1, 0])
    assert false_rate.tolist() == [0, 0, 0.5, 1]
    assert true_rate.tolist() == [0, 0.5, 1, 1]


@pytest.mark.parametrize("metric", [auc, pauc])
@pytest.mark.parametrize("label", [True, False])
def test_one_class_is_an_error(metric, label: bool) -> None:
    with pytest.raises(ValueError, match="only one class"):
        metric([label, label], [1.0, 2.0])


@pytest.mark.parametrize("metric", [auc, pauc])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_scores_that_are_no_numbers_are_an_error(metric, bad: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        metric([True, False, True], [1.0, bad, 2.0])


def test_the_mean_placement_of_either_class_is_the_auc() -> None:
    rng = np.random.default_rng(0)
    labels, scores = rng.random(50) < 0.4, rng.integers(0, 9, 50).astype(float)
    found = placements(labels, scores)
    assert found[labels].mean() == pytest.approx(auc(labels, scores))
    assert found[~labels].mean() == pytest.approx(auc(labels, scores))
    assert placements([False, True, False, True], [0.0, 1.0, 2.0, 2.0]).tolist() == [
        1,
        0.5,
        0.25,
        0.75,
    ]
