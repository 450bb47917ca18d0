"""Intervals, tests and P(best), against SciPy and by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from scipy import stats

from asdbench.evaluation.inference import best, difference, interval
from asdbench.evaluation.repeats import Repeats
from asdbench.evaluation.sampled import Grain, Sampled
from asdbench.evaluation.variation import Estimate, Uncertainty


def estimated(value: float, *, bias: float = 0.0, grain: float = 0.001) -> Estimate:
    return Estimate(value, bias, grain, 12, None, None, None)


def test_an_interval_is_that_of_a_share_of_as_many_clips() -> None:
    """80 of 100 independent clips; SciPy has Wilson's interval of them."""
    found = interval(estimated(0.8), Uncertainty(0.8 * 0.2 / 100, math.inf))
    expected = stats.binomtest(80, 100).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_few_degrees_of_freedom_widen_it_and_no_variance_is_no_interval() -> None:
    sure, unsure = (interval(estimated(0.7), Uncertainty(0.0001, f)) for f in (math.inf, 2))
    wide = (unsure.high - unsure.low) / (sure.high - sure.low)
    assert wide == pytest.approx(stats.t.ppf(0.975, 2) / stats.norm.ppf(0.975), rel=0.02)
    assert interval(estimated(0.7), None) is None


def test_it_lies_around_the_figure_less_its_bias_within_zero_and_one() -> None:
    found = interval(estimated(0.75, bias=0.05), Uncertainty(0.0001, math.inf))
    assert (found.low + found.high) / 2 == pytest.approx(0.7, abs=0.001)
    for value in (0.999, 0.002):
        found = interval(estimated(value), Uncertainty(0.01, 3))
        assert 0 <= found.low < value < found.high <= 1


def test_clips_told_apart_without_a_fault_might_not_have_been() -> None:
    """12 IDs of 18 normal and 18 anomalous clips: none of 216 pairs of clips was the wrong way."""
    one = Grain.of(18, 18)
    found = interval(estimated(1.0, grain=one.size), Uncertainty(one.variance / 12, math.inf))
    assert found.high == 1
    assert 0.97 < found.low < 0.99


def test_a_difference_is_tested_by_students_t() -> None:
    found = difference(estimated(0.03), Uncertainty(0.01**2, 6))
    half = stats.t.ppf(0.975, 6) * 0.01
    assert (found.low, found.high) == pytest.approx((0.03 - half, 0.03 + half))
    assert found.p == pytest.approx(2 * stats.t.sf(3, 6))
    assert difference(estimated(-0.03), Uncertainty(0.01**2, 6)).p == pytest.approx(found.p)
    assert difference(estimated(0.0), Uncertainty(0.0, math.inf)).p == 1
    assert difference(estimated(0.03), None) is None


def rows(
    *values: Sequence[Sequence[float]], clips: np.ndarray | float = 0.0, machines: str = "a"
) -> Sampled:
    """Figures (R, U) a row, with one covariance (M, M) of clips on every unit."""
    count, units = len(values), len(machines)
    shared = np.broadcast_to(np.asarray(clips) * np.eye(count), (count, count))
    covariance = np.broadcast_to(shared, (units, count, count))
    return Sampled(
        tuple(machines),
        True,
        tuple(np.array(row, float) for row in values),
        np.zeros((count, units)),
        covariance,
        covariance,
        (Grain(0.0, 0.0),) * units,
        (99,) * units,
    )


def test_equal_rows_are_equally_likely_to_be_best() -> None:
    same = rows([[0.7]], [[0.7]], [[0.6]])
    repeats = [Repeats(name, (0,), declared=True) for name in "abc"]
    assert best(same, repeats, "here", [0, 1, 2]).tolist() == [0.5, 0.5, 0]


def test_p_best_is_that_of_the_normal_difference_of_clips() -> None:
    found = best(
        rows([[0.72]], [[0.70]], clips=0.01**2),
        [Repeats(name, (0,), declared=True) for name in "ab"],
        "here",
        [0, 1],
    )
    assert found[0] == pytest.approx(stats.norm.cdf(0.02 / (0.01 * math.sqrt(2))), abs=0.02)


def test_a_row_that_letters_cannot_tell_from_the_best_is_not_hopeless() -> None:
    """2.6 standard errors behind: p is 0.009, and 0.09 among ten pairs."""
    values = [0.70, 0.70 - 2.6 * 0.01 * math.sqrt(2), 0.5, 0.5, 0.5]
    five = rows(*[[[value]] for value in values], clips=0.01**2)
    repeats = [Repeats(name, (0,), declared=True) for name in "abcde"]
    assert 0.02 < best(five, repeats, "here", range(5))[1] < 0.06
    assert best(five, repeats, "here", [0, 1])[1] < 0.01  # of two rows, there is one pair


def test_other_ids_make_nothing_surer() -> None:
    """IDs that happen to differ less than their clips would have them."""
    both = rows(
        [[0.72, 0.72, 0.72, 0.72]], [[0.70, 0.70, 0.70, 0.70]], clips=0.02**2, machines="aaaa"
    )
    repeats = [Repeats(name, (0,), declared=True) for name in "ab"]
    here, elsewhere = (best(both, repeats, q, [0, 1])[0] for q in ("here", "elsewhere"))
    assert elsewhere <= here + 0.02


def test_seeds_count_here_and_not_for_these_fits() -> None:
    both = rows([[0.70], [0.80]], [[0.73], [0.73]])
    repeats = [Repeats("a", (0, 1)), Repeats("b", (0, 1))]
    assert best(both, repeats, "clips", [0, 1]).tolist() == [1, 0]
    assert 0.55 < best(both, repeats, "here", [0, 1])[0] < 0.9


def test_rows_that_may_share_a_stage_go_up_and_down_together() -> None:
    both = rows([[0.70], [0.80]], [[0.69], [0.79]])
    repeats = [Repeats("a", (0, 1)), Repeats("a", (0, 1))]
    assert best(both, repeats, "here", [0, 1]).tolist() == [1, 0]


def test_other_ids_count_elsewhere() -> None:
    better_on_most = [[0.8, 0.8, 0.8, 0.5]]
    even = [[0.7, 0.7, 0.7, 0.7]]
    both = rows(better_on_most, even, machines="aaaa")
    repeats = [Repeats(name, (0,), declared=True) for name in "ab"]
    assert best(both, repeats, "here", [0, 1]).tolist() == [1, 0]
    assert 0.5 < best(both, repeats, "elsewhere", [0, 1])[0] < 0.9
