"""Scorers against literal versions."""

import math

import numpy as np
import pytest
from asdbench_methods._normalise import Density
from asdbench_methods._per_id import PerId
from asdbench_methods._scorers import Centres, Mahalanobis, Mixture, Neighbours
from embedded import around
from scipy.stats import multivariate_normal
from sklearn.cluster import KMeans
from sklearn.covariance import LedoitWolf

pytestmark = pytest.mark.usefixtures("one_thread_of_scikit_learn")
FAN = ("fan", "00")


def test_one_gaussian_is_its_density():
    train, test = around(0, 40), around(1, 10, seed=1)
    scores = PerId(Mixture(components=1)).fit(train, [FAN] * 40).score(test, [FAN] * 10)
    covariance = np.cov(train.T, bias=True) + 1e-3 * np.eye(8)
    expected = -multivariate_normal(train.mean(axis=0), covariance).logpdf(test)
    np.testing.assert_allclose(scores, expected, rtol=1e-6)


def test_a_mixture_takes_the_nearest_component_whatever_its_weight():
    many, few = around(0, 90), around(1, 10, seed=1)
    train = np.concatenate((many, few))
    test = np.concatenate((around(0, 5, seed=2), around(1, 5, seed=3)))
    scores = PerId(Mixture(components=2)).fit(train, [FAN] * 100).score(test, [FAN] * 10)
    densities = [
        multivariate_normal(part.mean(axis=0), np.cov(part.T, bias=True) + 1e-3 * np.eye(8)).logpdf(
            test
        )
        for part in (many, few)
    ]
    np.testing.assert_allclose(scores, -np.max(densities, axis=0), rtol=1e-6)


@pytest.mark.parametrize("k", [1, 3, 50])
def test_neighbours_are_the_mean_of_the_k_smallest_distances(k):
    train, test = around(0, 12), around(0, 7, seed=1, spread=0.5)
    scores = PerId(Neighbours(k=k)).fit(train, [FAN] * 12).score(test, [FAN] * 7)
    for score, clip in zip(scores, test, strict=True):
        distances = sorted(
            math.sqrt(sum((a - b) ** 2 for a, b in zip(clip, other, strict=True)))
            for other in train
        )
        nearest = distances[:k]
        assert score == pytest.approx(sum(nearest) / len(nearest), rel=1e-9)


def test_mahalanobis_is_scikit_learns():
    train, test = around(0, 40, spread=0.3), around(1, 10, seed=1)
    scores = PerId(Mahalanobis()).fit(train, [FAN] * 40).score(test, [FAN] * 10)
    expected = np.sqrt(LedoitWolf().fit(train).mahalanobis(test))
    np.testing.assert_allclose(scores, expected, rtol=1e-3)  # ours adds a variance of 1e-6


def test_the_mixture_seed_is_used():
    train, test = around(0, 60, spread=1.0), around(0, 9, seed=1)
    scores = {
        tuple(PerId(Mixture(8, seed=seed)).fit(train, [FAN] * 60).score(test, [FAN] * 9))
        for seed in range(4)
    }
    assert len(scores) > 1


def test_exact_neighbours_are_nothing_but_exact():
    train, test = around(0, 12), around(0, 7, seed=1, spread=0.5)
    near, exact = Neighbours(3).fit(train), Neighbours(3, exact=True).fit(train)
    np.testing.assert_allclose(exact(test), near(test), rtol=1e-6)
    assert Neighbours(1, exact=True).fit(train)(train).tolist() == [0] * 12


@pytest.mark.parametrize("scorer", [Neighbours(2, cosine=True), Neighbours(2, exact=True)])
def test_the_cosine_distance_is_half_the_squared_one(scorer):
    train, test = around(0, 12), around(0, 7, seed=1, spread=0.5)
    far = 1 - test @ train.T if scorer.cosine else np.linalg.norm(test[:, None] - train, axis=2)
    wanted = np.sort(far, axis=1)[:, :2].mean(axis=1)
    np.testing.assert_allclose(scorer.fit(train)(test), wanted, rtol=1e-9)
    balanced = scorer.against(train, list(range(12)), Density(1, "difference"))
    among = 1 - train @ train.T if scorer.cosine else np.linalg.norm(train[:, None] - train, axis=2)
    level = np.sort(among + 9 * np.eye(12), axis=1)[:, 0]
    wanted = np.sort(far - level, axis=1)[:, :2].mean(axis=1)
    np.testing.assert_allclose(balanced.score(test), wanted, rtol=1e-7)


@pytest.mark.parametrize("cosine", [True, False])
def test_centres_are_those_of_scikit_learn(cosine):
    train, test = around(0, 40, spread=0.4), around(1, 6, seed=1)
    centres = KMeans(3, n_init=10, random_state=5).fit(train).cluster_centers_
    if cosine:
        wanted = (1 - test @ centres.T).min(axis=1)
    else:
        wanted = np.linalg.norm(test[:, None] - centres, axis=2).min(axis=1)
    found = Centres(3, cosine, seed=5).fit(train)(test)
    np.testing.assert_allclose(found, wanted, rtol=1e-9)


def test_more_centres_than_clips_are_the_clips():
    train, test = around(0, 5), around(1, 6, seed=1)
    found = Centres(16).fit(np.concatenate([train, train]))(test)
    np.testing.assert_allclose(found, Neighbours(1, exact=True).fit(train)(test), rtol=1e-9)


def test_the_tolerance_of_a_mixture_is_how_long_it_is_fitted():
    train, test = around(0, 200, spread=1.0), around(0, 9, seed=1)
    rough, fine = (Mixture(4, tolerance=tol).fit(train)(test) for tol in (1.0, 1e-9))
    assert not np.isclose(rough, fine).all()
