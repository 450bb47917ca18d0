"""Scores against some of an ID's training clips, by hand and by brute force."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from asdbench_methods._against import FittedAgainst, NearestAgainst
from asdbench_methods._normalise import Density

LINE = np.array([[0.0], [1.0], [3.0], [7.0]])  # densities with one neighbour: 1, 1, 2, 4


def spots(count: int, *, seed: int = 0, scale: float = 1.0, at: float = 0.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(at, scale, (count, 3))


def at(*places: float) -> np.ndarray:
    return np.array(places, dtype=np.float64)[:, None]


@pytest.mark.parametrize("k", [1, 3])
@pytest.mark.parametrize("dense", [0, 1, 4])
@pytest.mark.parametrize("told", [None, "half"])
@pytest.mark.parametrize("relative", ["ratio", "difference"])
def test_neighbours_held_out_are_those_of_the_others_by_brute_force(
    k: int, dense: int, told: str | None, relative: Any
) -> None:
    train = np.concatenate([spots(7), spots(5, seed=1, scale=0.1)])
    rows = list(range(12)) if told is None else list(range(7))
    found = NearestAgainst(train, rows, k=k, density=Density(dense, relative)).held_out()
    for gone in range(12):
        kept = [row for row in range(12) if row != gone]
        among = [kept.index(row) for row in rows if row != gone]
        alone = NearestAgainst(train[kept], among, k=k, density=Density(dense, relative))
        np.testing.assert_allclose(found[gone], alone.score(train[[gone]])[0], rtol=1e-9)


@pytest.mark.parametrize("log", [True, False])
def test_a_fitted_score_is_relative_to_that_of_its_neighbours(log: bool) -> None:
    class FromTheMean:
        def fit(self, train: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
            return lambda query: np.abs(query[:, 0] - train.mean()) + 1

    found = FittedAgainst(FromTheMean(), LINE, [0, 1, 2, 3], density=Density(2), log=log)
    # Held out: 0 is 11/3 from the mean of the others, 1 is 7/3, 3 is 1/3, 7 is 17/3; and 1 each.
    usual = np.array([14, 10, 4, 20]) / 3
    plain, near = abs(2.25 - 2.75) + 1, usual[[1, 2]].mean()
    wanted = plain - near if log else plain / near
    assert found.score(at(2.25)) == pytest.approx([wanted])
    near_first = usual[[1, 2]].mean()
    first = usual[0] - near_first if log else usual[0] / near_first
    assert found.held_out()[0] == pytest.approx(first)
