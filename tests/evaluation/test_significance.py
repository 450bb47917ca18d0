"""Which rows differ: against SciPy, and by hand."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from asdbench.evaluation import significance

DIFFERENCE = st.integers(-6, 6)
# SciPy goes through all orders of signs where up to 13 IDs have ties: between 8 and 13, slowly.
FEW_OR_MANY = st.lists(DIFFERENCE, min_size=1, max_size=8) | st.lists(
    DIFFERENCE, min_size=14, max_size=25
)


@given(FEW_OR_MANY, st.integers(0, 5))
@example([3, -1, 2, 2, 0, 5, -4, 6, 1, -2, 3, 2], 1)
@settings(max_examples=40, deadline=None)
def test_the_paired_test_is_wilcoxons(differences: list[int], base: int) -> None:
    second = np.full(len(differences), base / 10)
    first = second + np.array(differences) / 50
    found = significance.paired(first, second)
    nonzero = [d for d in differences if d]
    assert found.n == len(differences)
    assert found.difference == pytest.approx(np.mean(differences) / 50, abs=1e-9)
    if not nonzero:
        assert (found.p, found.effect) == (1, 0)
        return
    assert found.p == pytest.approx(scipy_stats.wilcoxon(nonzero).pvalue, abs=1e-12)
    ranks = scipy_stats.rankdata(np.abs(nonzero))
    plus = sum(r for r, d in zip(ranks, nonzero, strict=True) if d > 0)
    assert found.effect == pytest.approx((2 * plus - ranks.sum()) / ranks.sum())


def test_the_paired_test_knows_direction_and_size() -> None:
    better = significance.paired([0.9, 0.8, 0.7, 0.95, 0.6, 0.85], [0.8, 0.6, 0.4, 0.55, 0.1, 0.2])
    assert better.effect == 1
    assert better.p == 2 / 2**6  # exact: every sign agrees
    worse = significance.paired([0.1, 0.2], [0.2, 0.4])
    assert (worse.effect, worse.difference) == (-1, pytest.approx(-0.15))


def test_holms_correction_by_hand() -> None:
    # 0.01 x 4; 0.02 x 3; 0.03 x 2, not less than the one before; 0.5 x 1.
    assert significance.holm([0.03, 0.5, 0.01, 0.02]) == pytest.approx([0.06, 0.5, 0.04, 0.06])
    assert significance.holm([0.6, 0.7]) == [1, 1]
    assert significance.holm([]) == []


@given(st.integers(1, 7), st.data())
def test_rows_share_a_letter_unless_they_differ(rows: int, data: st.DataObject) -> None:
    pairs = list(combinations(range(rows), 2))
    different = data.draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    found = significance.letters(rows, different)
    assert all(found)
    for a, b in pairs:
        assert bool(set(found[a]) & set(found[b])) == ((a, b) not in different)


def test_letters_by_hand() -> None:
    assert significance.letters(3, []) == ["a", "a", "a"]
    assert significance.letters(3, [(0, 2)]) == ["a", "ab", "b"]
    assert significance.letters(3, [(0, 1), (0, 2), (1, 2)]) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("first", "second", "share"),
    [
        ([3, 3, 3], [1, 2, 2.5], 0),
        ([3, 1], [1, 3], 1),
        ([3, 3, 1], [1, 1, 3], 2 / 3),
        ([3, 1], [1, 1], 0.5),
        ([1], [2], None),
    ],
)
def test_flips_count_pairs_of_repeats(first: list, second: list, share: float | None) -> None:
    assert significance.flips(first, second) == (None if share is None else pytest.approx(share))


def test_the_best_of_each_resample_and_equal_ones_share() -> None:
    means = np.array([[1, 2, 3, 1], [0, 3, 3, 0], [0, 0, 3, 0]], float)
    assert significance.best(means) == pytest.approx(
        [(2 + 1 / 3) / 4, (1 + 1 / 3) / 4, (1 / 3) / 4]
    )
