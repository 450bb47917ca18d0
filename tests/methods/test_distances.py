"""Distances that were fitted are functions, and the same as networks."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from asdbench_methods._distances import Distance, ToCentres, ToMean, ToMixture, ToNeighbours
from asdbench_methods._normalise import distances, nearest_mean
from embedded import around

ROWS = np.concatenate([around(0, 4), around(1, 4)])
LOWER = np.linalg.cholesky(np.cov(around(2, 50), rowvar=False))
MIXTURE = ToMixture(ROWS[[0, 5]], np.stack([np.linalg.inv(LOWER).T] * 2))
NEAREST = ToNeighbours(ROWS, 3, False, lambda x_QD: nearest_mean(distances(x_QD, ROWS), 3))


@pytest.mark.parametrize(
    "distance",
    [MIXTURE, ToCentres(ROWS, True), ToCentres(ROWS, False), ToMean(ROWS[0], LOWER), NEAREST],
)
def test_a_network_is_the_function(distance: Distance) -> None:
    query_QD = around(0, 6, spread=0.4, seed=1)
    found_Q = distance.as_network()(torch.from_numpy(query_QD)).numpy()
    np.testing.assert_allclose(found_Q, distance(query_QD), rtol=1e-9)
