"""Scores against an ID's training clips: by hand, by brute force, and where there is little."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from asdbench_methods._normalise import Density
from asdbench_methods._references import Normaliser, References
from asdbench_methods._scorers import Centres, Mahalanobis, Mixture, Neighbours

pytestmark = pytest.mark.usefixtures("one_thread_of_scikit_learn")
METRICS = [Mixture(components=1), Neighbours(k=2), Centres(1), Mahalanobis()]
LINE = np.array([[0.0], [1.0], [3.0], [7.0]])  # densities with one neighbour: 1, 1, 2, 4


def spots(count: int, *, seed: int = 0, scale: float = 1.0, at: float = 0.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(at, scale, (count, 3))


def at(*places: float) -> np.ndarray:
    return np.array(places, dtype=np.float64)[:, None]


def references(
    metric: Any,
    train: np.ndarray,
    domains: Sequence[str | None] = (),
    dense: int = 0,
    how: Any = "",
) -> References:
    """Against all clips, or, where their domains are told, apart by domain."""
    normaliser = Normaliser(how or ("apart" if domains else "together"), Density(dense))
    return References(metric, normaliser, train, domains or [None] * len(train))


def score(metric: Any, train: np.ndarray, query: np.ndarray, **how: Any) -> np.ndarray:
    return references(metric, train, **how)(query)


def test_a_distance_is_divided_by_the_density_of_the_training_clip() -> None:
    one = Neighbours(1)
    # From 5: 5, 4, 2 and 2 away. As many times their densities: 5, 4, 1 and 0.5.
    assert score(one, LINE, at(5.0)).tolist() == [2]
    assert score(one, LINE, at(5.0), dense=1).tolist() == [0.5]
    assert score(Neighbours(2), LINE, at(5.0), dense=1).tolist() == [0.75]
    # Without itself, the clip at 3 has 3 / 1, 2 / 1 and 4 / 6 as its ratios.
    held_out = references(one, LINE, dense=1).held_out()
    assert held_out[2] == pytest.approx(4 / 6)


def test_each_domain_is_standardised_by_itself() -> None:
    # Source: 0, 2, 5, leave-one-out distances 2, 2, 3. Target: 100, 101, 103, with 1, 1, 2.
    train, told = at(0, 2, 5, 100, 101, 103), ["source"] * 3 + ["target"] * 3
    spread = np.std([2, 2, 3])
    found = score(Neighbours(1), train, at(8, 105, 50), domains=told)
    assert found[0] == pytest.approx((3 - 7 / 3) / spread)
    assert found[1] == pytest.approx((2 - 4 / 3) / np.std([1, 1, 2]))
    assert found[2] == pytest.approx((45 - 7 / 3) / spread)
    held_out = references(Neighbours(1), train, domains=told).held_out()
    assert held_out == pytest.approx(
        [-(0.5**0.5), -(0.5**0.5), 2**0.5, -(0.5**0.5), -(0.5**0.5), 2**0.5]
    )


@pytest.mark.parametrize("metric", METRICS)
def test_without_options_it_is_the_metric_itself(metric: Mixture) -> None:
    train, query = spots(12), spots(5, seed=1)
    np.testing.assert_allclose(score(metric, train, query), metric.fit(train)(query), rtol=1e-7)


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
    held_out = references(metric, train, domains=told, dense=dense).held_out()
    assert held_out[:60].mean() == pytest.approx(0, abs=1e-9)
    assert np.isfinite(held_out).all()
    assert held_out.max() < apart[40:].min()


@pytest.mark.parametrize("metric", METRICS)
def test_a_domain_too_small_joins_the_others(metric: Mixture) -> None:
    train, query = spots(12), spots(5, seed=1)
    few = score(metric, train, query, domains=["source"] * 10 + ["target"] * 2)
    one = score(metric, train, query, domains=[None] * 12)
    np.testing.assert_allclose(few, one, rtol=1e-12)
    together = references(metric, train)
    held_out = together.held_out()
    wanted = (together(query) - held_out.mean()) / held_out.std()
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
    made = references(metric, train, domains=["source", None, "target"][:clips], dense=3)
    assert np.isfinite(made(query)).all()
    if clips > 1:
        assert np.isfinite(made.held_out()).all()


def test_the_nearest_domain_is_taken_as_it_is() -> None:
    train, told = at(0, 10, 100, 101), ["source"] * 2 + ["target"] * 2
    # One centre a domain: 5 and 100.5.
    found = score(Centres(1), train, at(4, 99.5, 50), domains=told, how="nearest")
    assert found == pytest.approx([1, 1, 45])
    alone = score(Centres(1), train, at(4), domains=["source"] * 3 + ["target"], how="nearest")
    assert alone == pytest.approx([abs(4 - 110 / 3)])


def test_a_transductive_score_is_standardised_by_the_clips_that_are_scored() -> None:
    train, told = at(0, 2, 5, 100, 101, 103), ["source"] * 3 + ["target"] * 3
    query = at(8, 105, 50)
    found = score(Neighbours(1), train, query, domains=told, how="transductive")
    source, target = np.array([3.0, 100, 45]), np.array([92.0, 2, 50])
    by_hand = [(far - far.mean()) / far.std() for far in (source, target)]
    assert found == pytest.approx(np.min(by_hand, axis=0))
    alone = score(Neighbours(1), train, query[:1], domains=told, how="transductive")
    assert alone == pytest.approx([3])  # nothing to standardise by


def test_a_difference_takes_the_density_away() -> None:
    how = Normaliser(density=Density(1, "difference"))
    found = References(Neighbours(1), how, LINE, [None] * 4)(at(5.0))
    assert found.tolist() == [-2]  # 5, 4, 2 and 2 away, less 1, 1, 2 and 4
    few = References(Neighbours(1), how, LINE[:2], [None] * 2)(at(5.0))
    assert few.tolist() == [4]  # no density of two clips
