"""Distances to a group of training clips, by what a scorer has fitted to them.

Shapes: N training clips of the group, Q clips to score, K components or centres, D embedding.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from torch import nn

from ._as_network import (
    MeanNetwork,
    MixtureNetwork,
    NearestNetwork,
    euclid,
    half_squares,
    less_cosines,
)
from ._normalise import Array, distances, nearest_mean


class Distance(Protocol):
    """How far clips are from a group: higher is farther."""

    def __call__(self, query_QD: Array, /) -> Array:
        """One distance a clip (Q,)."""

    def as_network(self) -> nn.Module:
        """The same as a network: (Q, D) float64 -> (Q,)."""


@dataclass(frozen=True)
class ToMixture:
    """Minus the largest log density among Gaussians (K, D), by their precisions' factors."""

    means: Array
    whiteners: Array

    def __call__(self, query_QD: Array) -> Array:
        """One distance a clip (Q,)."""
        log_density_KQ = [
            np.log(np.diag(whitener)).sum()
            - 0.5 * np.square((query_QD - mean) @ whitener).sum(axis=1)
            - 0.5 * len(mean) * np.log(2 * np.pi)
            for mean, whitener in zip(self.means, self.whiteners, strict=True)
        ]
        nearest_Q: Array = np.max(log_density_KQ, axis=0)
        return -nearest_Q

    def as_network(self) -> nn.Module:
        """The same as a network."""
        return MixtureNetwork(self.means, self.whiteners)


@dataclass(frozen=True)
class ToCentres:
    """Distance to the nearest of some centres (K, D)."""

    centres: Array
    cosine: bool

    def __call__(self, query_QD: Array) -> Array:
        """One distance a clip (Q,)."""
        if self.cosine:
            return nearest_mean(1 - query_QD @ self.centres.T, 1)
        return nearest_mean(distances(query_QD, self.centres), 1)

    def as_network(self) -> nn.Module:
        """The same as a network."""
        return NearestNetwork(less_cosines if self.cosine else euclid, self.centres, 1)


@dataclass(frozen=True)
class ToMean:
    """Distance to a mean (D,), in terms of the lower Cholesky factor of a covariance (D, D)."""

    mean: Array
    lower: Array

    def __call__(self, query_QD: Array) -> Array:
        """One distance a clip (Q,)."""
        white_DQ = np.linalg.solve(self.lower, (query_QD - self.mean).T)
        distance_Q: Array = np.linalg.norm(white_DQ, axis=0)
        return distance_Q

    def as_network(self) -> nn.Module:
        """The same as a network."""
        return MeanNetwork(self.mean, self.lower)


@dataclass(frozen=True)
class ToNeighbours:
    """Mean distance to the ``k`` nearest clips of a group (N, D), or to all if it has fewer.

    ``found`` works it out.
    """

    train: Array
    k: int
    cosine: bool
    found: Callable[[Array], Array]

    def __call__(self, query_QD: Array) -> Array:
        """One distance a clip (Q,)."""
        return self.found(query_QD)

    def as_network(self) -> nn.Module:
        """The same as a network."""
        return NearestNetwork(half_squares if self.cosine else euclid, self.train, self.k)
