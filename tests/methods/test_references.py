"""Scores against an ID's training clips: by hand, by brute force, and where there is little."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from asdbench_methods._references import References, fitted, nearest
from asdbench_methods._scoring import Mahalanobis, Mixture, Neighbours

pytestmark = pytest.mark.usefixtures("one_thread_of_scikit_learn")
METRICS = [Mixture(components=1), Neighbours(k=2), Mahalanobis()]
LINE = np.array([[0.0], [1.0], [3.0], [7.0]])  # densities with one neighbour: 1, 1, 2, 4


def spots(count: int, *, seed: int = 0, scale: float = 1.0, at: float = 0.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(at, scale, (count, 3))


def at(*places: float) -> np.ndarray:
    return np.array(places, dtype=np.float64)[:, None]


def score(metric: object, train: np.ndarray, query: np.ndarray, **how: object) -> np.ndarray:
    return References(metric, train, **how).score(query)  # type: ignore[arg-type]


def test_a_distance_is_divided_by_the_density_of_the_training_clip() -> None:
    one = Neighbours(1)
    # From 5: 5, 4, 2 and 2 away. As many times their densities: 5, 4, 1 and 0.5.
    assert score(one, LINE, at(5.0)).tolist() == [2]
    assert score(one, LINE, at(5.0), dense=1).tolist() == [0.5]
    assert score(Neighbours(2), LINE, at(5.0), dense=1).tolist() == [0.75]
    # Without itself, the clip at 3 has 3 / 1, 2 / 1 and 4 / 6 as its ratios.
    held_out = References(one, LINE, dense=1).held_out()
    assert held_out[2] == pytest.approx(4 / 6)


def test_each_domain_is_standardised_by_itself() -> None:
    # Source: 0, 2, 5, leave-one-out distances 2, 2, 3. Target: 100, 101, 103, with 1, 1, 2.
    train, told = at(0, 2, 5, 100, 101, 103), ["source"] * 3 + ["target"] * 3
    spread = np.std([2, 2, 3])
    found = score(Neighbours(1), train, at(8, 105, 50), domains=told)
    assert found[0] == pytest.approx((3 - 7 / 3) / spread)
    assert found[1] == pytest.approx((2 - 4 / 3) / np.std([1, 1, 2]))
    assert found[2] == pytest.approx((45 - 7 / 3) / spread)
    held_out = References(Neighbours(1), train, domains=told).held_out()
    assert held_out == pytest.approx(
        [-(0.5**0.5), -(0.5**0.5), 2**0.5, -(0.5**0.5), -(0.5**0.5), 2**0.5]
    )


@pytest.mark.parametrize("metric", METRICS)
def test_without_options_it_is_the_metric_itself(metric: Mixture) -> None:
    train, query = spots(12), spots(5, seed=1)
    np.testing.assert_allclose(score(metric, train, query), metric.fit(train)(query), rtol=1e-7)


@pytest.mark.parametrize("k", [1, 3])
@pytest.mark.parametrize("dense", [0, 1, 4])
@pytest.mark.parametrize("told", [None, "half"])
def test_neighbours_held_out_are_those_of_the_others_by_brute_force(
    k: int, dense: int, told: str | None
) -> None:
    train = np.concatenate([spots(7), spots(5, seed=1, scale=0.1)])
    rows = list(range(12)) if told is None else list(range(7))
    found = nearest(train, rows, k=k, dense=dense).held_out()
    for gone in range(12):
        kept = [row for row in range(12) if row != gone]
        among = [kept.index(row) for row in rows if row != gone]
        alone = nearest(train[kept], among, k=k, dense=dense)
        np.testing.assert_allclose(found[gone], alone.score(train[[gone]])[0], rtol=1e-9)


@pytest.mark.parametrize("log", [True, False])
def test_a_fitted_score_is_relative_to_that_of_its_neighbours(log: bool) -> None:
    def fit(train: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        return lambda query: np.abs(query[:, 0] - train.mean()) + 1

    found = fitted(fit, LINE, [0, 1, 2, 3], dense=2, log=log)
    # Held out: 0 is 11/3 from the mean of the others, 1 is 7/3, 3 is 1/3, 7 is 17/3; and 1 each.
    usual = np.array([14, 10, 4, 20]) / 3
    plain, near = abs(2.25 - 2.75) + 1, usual[[1, 2]].mean()
    wanted = plain - near if log else plain / near
    assert found.score(at(2.25)) == pytest.approx([wanted])
    near_first = usual[[1, 2]].mean()
    first = usual[0] - near_first if log else usual[0] / near_first
    assert found.held_out()[0] == pytest.approx(first)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("dense", [0, 2])
def test_domains_apart_balance_a_dense_and_a_sparse_one(metric: Mixture, dense: int) -> None:
    source, target = spots(60, scale=0.1), spots(12, seed=1, scale=1.0, at=20.0)
    train, told = np.concatenate([source, target]), ["source"] * 60 + ["target"] * 12
    normal = np.concatenate([spots(20, seed=2, scale=0.1), spots(20, seed=3, at=20.0)])
    odd = spots(20, seed=4, scale=0.1, at=1.0)  # of the source, far beyond its spread
    apart = score(metric, train, np.concatenate([normal, odd]), domains=told, dense=dense)
    assert apart[:40].max() < apart[40:].min()
    if not dense:
        together = score(metric, train, np.concatenate([normal, odd]))
        assert together[:40].max() > together[40:].min()
    held_out = References(metric, train, domains=told, dense=dense).held_out()
    assert held_out[:60].mean() == pytest.approx(0, abs=1e-9)
    assert np.isfinite(held_out).all()
    assert held_out.max() < apart[40:].min()


@pytest.mark.parametrize("metric", METRICS)
def test_a_domain_too_small_joins_the_others(metric: Mixture) -> None:
    train, query = spots(12), spots(5, seed=1)
    few = score(metric, train, query, domains=["source"] * 10 + ["target"] * 2)
    one = score(metric, train, query, domains=[None] * 12)
    np.testing.assert_allclose(few, one, rtol=1e-12)
    together = References(metric, train)
    held_out = together.held_out()
    wanted = (together.score(query) - held_out.mean()) / held_out.std()
    np.testing.assert_allclose(one, wanted, rtol=1e-9)


@pytest.mark.parametrize("metric", METRICS)
def test_a_domain_without_spread_joins_the_others(metric: Mixture) -> None:
    train = np.concatenate([spots(9), np.repeat(spots(1, seed=5), 4, axis=0)])
    query = spots(5, seed=1)
    found = score(metric, train, query, domains=["source"] * 9 + ["target"] * 4)
    wanted = score(metric, train, query, domains=[None] * 13)
    np.testing.assert_allclose(found, wanted, rtol=1e-9)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("clips", [1, 2, 3])
@pytest.mark.parametrize("equal", [True, False])
def test_few_or_equal_clips_give_finite_scores(metric: Mixture, clips: int, equal: bool) -> None:
    train = np.repeat(spots(1), clips, axis=0) if equal else spots(clips)
    query = np.concatenate([train[:1], spots(3, seed=1)])
    made = References(metric, train, domains=["source", None, "target"][:clips], dense=3)
    assert np.isfinite(made.score(query)).all()
    if clips > 1:
        assert np.isfinite(made.held_out()).all()
