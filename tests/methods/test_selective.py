"""The selective Mahalanobis distance: literal versions, and covariances that are singular."""

from __future__ import annotations

import numpy as np
import pytest
from asdbench_methods._selective import of_frames, of_mean, precision


def errors(count: int, bands: int = 4, *, seed: int = 0, scale: float = 1.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.5, scale, (count, bands)).astype(np.float32)


def test_the_inverse_covariance_about_the_mean_in_pieces() -> None:
    x_EB = errors(50)
    found = precision([x_EB[:7], x_EB[7:8], x_EB[8:]])
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, np.linalg.inv(np.cov(x_EB.T)), rtol=1e-4)


def test_distances_by_hand() -> None:
    one = np.array([[[1.0, 0.0], [3.0, 0.0]], [[0.0, 2.0], [0.0, -2.0]]])  # two clips of two errors
    source, target = np.diag([1.0, 1.0]), np.diag([0.5, 3.0])
    assert of_mean(one, np.stack([source])).tolist() == [4, 0]
    assert of_frames(one, np.stack([source])).tolist() == [5, 4]
    both = np.stack([source, target])
    assert of_mean(one, both).tolist() == [2, 0]
    assert of_frames(one, both).tolist() == [2.5, 4]


def test_of_the_mean_is_the_mean_over_all_pairs() -> None:
    x_NEB = errors(12).reshape(2, 6, 4)
    metric = precision([errors(30, seed=1)])
    pairs = [np.mean([a @ metric @ b for a in x_EB for b in x_EB]) for x_EB in x_NEB]
    np.testing.assert_allclose(of_mean(x_NEB, metric[None]), pairs, rtol=1e-6)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_few_errors_make_no_domain_near(count: int) -> None:
    many, few = precision([errors(500)]), precision([errors(count, seed=1)])
    assert np.isfinite(few).all()
    query = errors(40, seed=2).reshape(4, 10, 4)
    assert (of_frames(query, few[None]) > of_frames(query, many[None])).all()


def test_no_error_at_all_is_finite() -> None:
    found = precision([np.zeros((5, 4), np.float32)])
    assert np.isfinite(of_mean(np.ones((1, 3, 4)), found[None])).all()
