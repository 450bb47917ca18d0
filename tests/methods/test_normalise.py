"""What balances scores, on cases small enough for a pencil, and against literal versions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from asdbench_methods import _normalise as made


def spots(count: int, *, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 1, (count, 3))


def test_distances_are_exact() -> None:
    a, b = np.array([[0.0, 0.0], [3.0, 4.0]]), np.array([[0.0, 0.0], [0.0, 4.0], [3.0, 4.0]])
    assert made.distances(a, b).tolist() == [[0, 4, 5], [5, 3, 0]]


def test_the_mean_of_the_nearest() -> None:
    apart = np.array([[3.0, 1.0, 2.0]])
    assert [made.nearest_mean(apart, k).item() for k in (1, 2, 3, 9)] == [1, 1.5, 2, 2]


def test_the_density_of_clips_on_a_line() -> None:
    line = np.array([[0.0], [1.0], [3.0], [7.0]])
    apart = made.distances(line, line)
    assert made.density(apart, 1).tolist() == [1, 1, 2, 4]
    assert made.density(apart, 2).tolist() == [2, 1.5, 2.5, 5]
    assert made.density(apart, 3).tolist() == pytest.approx([11 / 3, 3, 3, 17 / 3])
    assert made.density(apart, 9).tolist() == made.density(apart, 3).tolist()  # there are no more


@pytest.mark.parametrize(("clips", "k"), [(1, 1), (2, 1), (5, 0)])
def test_nothing_to_tell_a_density_by(clips: int, k: int) -> None:
    apart = made.distances(spots(clips), spots(clips))
    assert made.density(apart, k).tolist() == [1] * clips
    assert made.density_without(apart, k).tolist() == [[1] * clips] * clips


@pytest.mark.parametrize("k", [1, 2, 3, 5, 6, 7, 50])
def test_densities_without_a_clip_are_those_of_the_others_alone(k: int) -> None:
    x = np.concatenate([spots(6), np.round(spots(2)), np.round(spots(2))])  # some are there twice
    found = made.density_without(made.distances(x, x), k)
    for gone in range(len(x)):
        others = np.delete(np.arange(len(x)), gone)
        alone = made.distances(x[others], x[others])
        np.fill_diagonal(alone, np.inf)
        literal = np.sort(alone, axis=1)[:, : min(k, len(x) - 2)].mean(axis=1)
        seen = literal > 1e-9  # else it is kept above 0
        np.testing.assert_allclose(found[gone, others][seen], literal[seen], rtol=1e-9)
    assert (found > 0).all()


def test_no_density_is_zero() -> None:
    twice = np.array([[0.0], [0.0], [1.0], [3.0]])
    found = made.density(made.distances(twice, twice), 1)
    assert found.tolist() == [0.75e-6, 0.75e-6, 1, 2]  # the mean of 0, 0, 1 and 2
    same = np.zeros((4, 1))
    assert made.density(made.distances(same, same), 1).tolist() == [1] * 4


def test_cross_fitting_leaves_a_clip_to_the_others() -> None:
    assert made.folds(3).tolist() == [0, 1, 2]
    assert np.bincount(made.folds(25)).tolist() == [3] * 5 + [2] * 5
    x = np.arange(4.0)[:, None]

    def fit(train: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        return lambda query: query[:, 0] - train.mean()

    others = [(6 - one) / 3 for one in range(4)]
    assert made.cross_fitted(fit, x) == pytest.approx([i - others[i] for i in range(4)])


def test_the_rows_of_each_domain() -> None:
    told = ["target", None, "source", "target"]
    assert made.by_domain(told) == [[2], [0, 3], [1]]
    assert made.by_domain([None] * 2) == [[0, 1]]


def test_weak_groups_join_the_largest_other() -> None:
    groups = [[0], [1, 2], [3, 4, 5], [6]]
    assert made.joined(groups, [True, False, False, True]) == [[1, 2], [0, 3, 4, 5, 6]]
    assert made.joined(groups, [True] * 4) == [[0, 1, 2, 3, 4, 5, 6]]


def test_mean_and_spread_or_none() -> None:
    assert made.standard(np.array([1.0, 2.0, 3.0])) == pytest.approx((2, (2 / 3) ** 0.5))
    assert made.standard(np.array([1.0, 2.0])) is None
    assert made.standard(np.full(5, 0.1)) is None
