"""Thresholds from training scores."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from asdbench.evaluation.threshold import threshold


def test_nine_in_ten_normal_scores_of_a_gamma_distribution_lie_below() -> None:
    drawn = np.random.default_rng(0).gamma(3.0, 2.0, 4000) + 5
    found = threshold(drawn)
    assert found == pytest.approx(5 + stats.gamma.ppf(0.9, 3.0, scale=2.0), rel=0.02)
    # The challenge's baselines call it so.
    shape, start, scale = stats.gamma.fit(drawn)
    assert found == stats.gamma.ppf(0.9, a=shape, loc=start, scale=scale)
    assert threshold(drawn, 0.5) < found


@pytest.mark.parametrize("scores", [[1.0], [1.0, 2.0], [3.0, 3.0, 3.0, 3.0], [0.0] * 50])
def test_few_or_equal_scores_have_their_own_quantile(scores: list[float]) -> None:
    assert threshold(scores) == pytest.approx(np.quantile(scores, 0.9))


@pytest.mark.parametrize("scale", [1e-30, 1e300])
@pytest.mark.parametrize("odd", [0.0, -1.0])
def test_whatever_the_scores_are_the_threshold_is_a_number_among_them(
    scale: float, odd: float
) -> None:
    scores = scale * np.append(np.random.default_rng(1).normal(size=200), odd)
    found = threshold(scores)
    assert np.isfinite(found)
    assert scores.min() <= found
