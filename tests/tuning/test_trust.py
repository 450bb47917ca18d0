"""How far a choice can be trusted: figures by hand, and against SciPy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from asdbench.tuning.finalists import beats
from asdbench.tuning.trust import correlation, trust
from asdbench.tuning.objective import objective, saturated


def test_the_objective_is_the_mean_log_odds() -> None:
    assert objective({"fan/tone": 0.5, "fan/warp": 0.5}) == 0.0
    aucs = {"fan/tone": 0.8, "fan/warp": 0.5, "valve/tone": 0.2}
    assert objective(aucs) == pytest.approx((math.log(4) + 0 - math.log(4)) / 3)
    assert objective(aucs, {"valve/tone"}) == pytest.approx(math.log(4) / 2)


def test_a_perfect_auc_counts_as_a_nearly_perfect_one() -> None:
    assert objective({"a": 1.0}) == objective({"a": 0.995}) == pytest.approx(math.log(199))
    assert objective({"a": 0.0}) == pytest.approx(-math.log(199))


def test_an_instance_that_nearly_all_trials_solve_is_saturated() -> None:
    solved = [{"easy": 0.995, "hard": 0.6, "often": 0.995} for _ in range(8)]
    unsolved = [{"easy": 0.995, "hard": 0.995, "often": 0.99} for _ in range(2)]
    assert saturated([*solved, *unsolved]) == {"easy"}  # "often" in exactly 80 %, which is not more
    assert saturated([*solved, *unsolved[:1]]) == {"easy", "often"}
    assert saturated([{"a": 0.99}]) == set()


@pytest.mark.parametrize("ties", [False, True])
def test_the_correlation_is_spearmans(ties: bool) -> None:
    rng = np.random.default_rng(3)
    for n in (3, 8, 20, 100):
        first = rng.integers(0, 5, n).astype(float) if ties else rng.normal(size=n)
        second = first + rng.normal(size=n) * 2
        found = correlation(list(first), list(second))
        assert found.rho == pytest.approx(stats.spearmanr(first, second).statistic, abs=1e-12)
        assert found.n == n


def test_the_interval_is_that_of_resampled_trials() -> None:
    rng = np.random.default_rng(5)
    first = rng.normal(size=30)
    second = first + rng.normal(size=30)
    found = correlation(list(first), list(second))
    assert found.low < found.rho < found.high
    drawn = stats.bootstrap(
        (first, second),
        lambda x, y: stats.spearmanr(x, y).statistic,
        paired=True,
        vectorized=False,
        n_resamples=1000,
        method="percentile",
        rng=1,
    ).confidence_interval
    assert (found.low, found.high) == pytest.approx((drawn.low, drawn.high), abs=0.06)
    assert correlation(list(first), list(second)) == found
    wide = correlation(list(first[:8]), list(second[:8]))
    assert wide.high - wide.low > found.high - found.low


def test_what_does_not_vary_has_no_correlation() -> None:
    for first, second in (([1.0, 1.0, 1.0], [1.0, 2.0, 3.0]), ([2.0], [3.0])):
        found = correlation(first, second)
        assert all(map(math.isnan, (found.rho, found.low, found.high)))


def test_the_default_is_beaten_by_more_than_a_standard_error_only() -> None:
    better, difference, error = beats([0.3, 0.5, 0.7], [0.1, 0.2, 0.3])
    assert (better, difference) == (True, pytest.approx(0.3))
    assert error == pytest.approx(0.1 / math.sqrt(3))
    assert not beats([0.1, 0.9, 0.2], [0.2, 0.5, 0.3])[0]
    assert not beats([0.3, 0.3, 0.3], [0.3, 0.3, 0.3])[0]
    assert not beats([0.1, 0.2, 0.3], [0.3, 0.5, 0.7])[0]


def test_the_report_by_hand() -> None:
    aucs = [
        {("fan", "tone"): 0.6, ("valve", "tone"): 0.8, ("fan", "warp"): 0.9},
        {("fan", "tone"): 0.5, ("valve", "tone"): 0.7, ("fan", "warp"): 0.9},
        {("fan", "tone"): 0.9, ("valve", "tone"): 0.5, ("fan", "warp"): 0.9},
        {("fan", "tone"): 0.4, ("valve", "tone"): 0.4, ("fan", "warp"): 0.9},
    ]
    found = trust([3.0, 2.0, 4.0, 1.0], aucs, [0.70, 0.60, 0.65, 0.45], pick=2, default=0.60)
    assert (found.pick, found.default, found.best) == (0.65, 0.60, 0.70)
    assert found.random == pytest.approx(0.60)
    assert found.regret == pytest.approx(0.05)
    assert found.beaten == pytest.approx(2 / 3)
    assert found.correlation.rho == pytest.approx(0.8)  # ranks 3 2 4 1 and 4 2 3 1
    # Tone's means are 0.7, 0.6, 0.7 and 0.4: ranks 3.5, 2, 3.5, 1.
    expected = stats.spearmanr([3.5, 2, 3.5, 1], [4, 2, 3, 1]).statistic
    assert found.families["tone"].rho == pytest.approx(expected)
    assert math.isnan(found.families["warp"].rho)


def test_the_report_on_a_single_trial() -> None:
    found = trust([1.0], [{("fan", "tone"): 0.6}], [0.7], pick=0, default=0.7)
    assert (found.regret, found.beaten, found.random) == (0.0, 0.0, 0.7)
    assert math.isnan(found.correlation.rho)
