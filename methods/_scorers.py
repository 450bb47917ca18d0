"""Scorers: how far a clip's embedding lies from a group of training clips' embeddings.

A scorer is fitted to a group's embeddings, and gives the distance of others to it. Beyond that,
it tells the distance to some of the group's clips, with that of the group's own clips held out,
which is what a normaliser (``_references.py``) needs.

Shapes: N training clips of one group, Q clips to score, D dimension of the embedding.
scikit-learn is imported where it is used: listing and planning shouldn't wait for it.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np

from ._against import FittedAgainst, NearestAgainst
from ._distances import Distance, ToCentres, ToMean, ToMixture, ToNeighbours
from ._normalise import Array, Density, distances, nearest_mean
from ._references import Against

# Far below the variance of any real group's embeddings (of length 1, so at most 1 in all); it
# makes the distance to a single clip finite.
SMALLEST_VARIANCE = 1e-6


class Scorer(Protocol):
    """What tells how far clips are from a group of training clips.

    ``learns`` says whether a fit is more than remembering the group: then it is kept.
    """

    learns: ClassVar[bool]

    def fit(self, train_ND: Array) -> Distance:
        """Return the distance to this group."""

    def against(self, train_ND: Array, rows: list[int], density: Density) -> Against:
        """Return the distance to some of the group's clips, balanced by how dense they are."""


@dataclass(frozen=True)
class Mixture:
    """Minus the largest log density among the Gaussians of a mixture fitted to the group.

    A group has at most as many components as different clips; around a single clip lies one
    round Gaussian of variance `regularisation`.

    Source: STgram-MFN-Contrastive, trainer.py, which leaves the components' weights out as well.
    """

    learns: ClassVar[bool] = True

    components: int = 2
    regularisation: float = 1e-3
    seed: int = 0
    tolerance: float = 1e-3

    def fit(self, train_ND: Array) -> Distance:
        """Return the distance to this group."""
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.mixture import GaussianMixture

        mixture = GaussianMixture(
            min(self.components, len(np.unique(train_ND, axis=0))),
            covariance_type="full",
            reg_covar=self.regularisation,
            tol=self.tolerance,
            random_state=self.seed,
        )
        with warnings.catch_warnings():
            # 100 steps of EM are enough to score by; the reference stops there too.
            warnings.simplefilter("ignore", ConvergenceWarning)
            mixture.fit(_at_least_two(train_ND))
        return ToMixture(mixture.means_, mixture.precisions_cholesky_)

    def against(self, train_ND: Array, rows: list[int], density: Density) -> Against:
        """Return the distance to some of the group's clips; see ``_references.py``."""
        return FittedAgainst(self, train_ND, rows, density=density, log=True)


@dataclass(frozen=True)
class Neighbours:
    """Mean distance to the `k` nearest clips of the group, or to all if it has fewer.

    Euclidean, or for `cosine` 1 less the cosine, of embeddings of length 1. `exact` distances are
    worked out one by one, on `device`; others, on the CPU alone, are off by 1e-8 or so where clips
    are equal.
    """

    learns: ClassVar[bool] = False

    k: int = 1
    exact: bool = False
    cosine: bool = False
    device: str = "cpu"

    def fit(self, train_ND: Array) -> Distance:
        """Return the distance to this group."""
        if self.exact or self.cosine or self.device != "cpu":
            return self._to(
                train_ND, lambda x_QD: nearest_mean(self._apart(x_QD, train_ND), self.k)
            )
        from sklearn.neighbors import NearestNeighbors

        index = NearestNeighbors(n_neighbors=min(self.k, len(train_ND)), algorithm="brute")
        index.fit(train_ND)
        return self._to(train_ND, lambda x_QD: np.asarray(index.kneighbors(x_QD)[0].mean(axis=1)))

    def against(self, train_ND: Array, rows: list[int], density: Density) -> Against:
        """Return the distance to some of the group's clips; see ``_references.py``."""
        return NearestAgainst(
            train_ND, rows, self._apart, k=self.k, density=density, cosine=self.cosine
        )

    def _to(self, train_ND: Array, found: Callable[[Array], Array]) -> Distance:
        return ToNeighbours(train_ND, self.k, self.cosine, found)

    def _apart(self, query_QD: Array, train_ND: Array) -> Array:
        return distances(query_QD, train_ND, cosine=self.cosine, device=self.device)


@dataclass(frozen=True)
class Centres:
    """Distance to the nearest of the group's k-means centres: `centres`, or a clip each if fewer.

    Euclidean, or for `cosine`, of embeddings of length 1, the mean cosine distance to the clips
    that a centre stands for: the centre is the mean of theirs, and shorter.

    Source: Wilkinghoff, "Sub-cluster AdaCos", IJCNN 2021; ssl4asd, main_statex+featex.py.
    """

    learns: ClassVar[bool] = True

    centres: int = 16
    cosine: bool = False
    seed: int = 0

    def fit(self, train_ND: Array) -> Distance:
        """Return the distance to this group."""
        from sklearn.cluster import KMeans

        centres = min(self.centres, len(np.unique(train_ND, axis=0)))
        found = KMeans(centres, n_init=10, random_state=self.seed).fit(train_ND)
        return ToCentres(found.cluster_centers_, self.cosine)

    def against(self, train_ND: Array, rows: list[int], density: Density) -> Against:
        """Return the distance to some of the group's clips; see ``_references.py``."""
        return FittedAgainst(self, train_ND, rows, density=density, log=False)


@dataclass(frozen=True)
class Mahalanobis:
    """Mahalanobis distance to the group's mean, its covariance shrunk after Ledoit and Wolf.

    To a single clip, or to several equal ones, it is the Euclidean distance times a constant.
    """

    learns: ClassVar[bool] = True

    def fit(self, train_ND: Array) -> Distance:
        """Return the distance to this group."""
        from sklearn.covariance import LedoitWolf

        estimate = LedoitWolf().fit(_at_least_two(train_ND))
        mean_D = estimate.location_
        covariance_DD = estimate.covariance_ + SMALLEST_VARIANCE * np.eye(len(mean_D))
        return ToMean(mean_D, np.linalg.cholesky(covariance_DD))

    def against(self, train_ND: Array, rows: list[int], density: Density) -> Against:
        """Return the distance to some of the group's clips; see ``_references.py``."""
        return FittedAgainst(self, train_ND, rows, density=density, log=False)


def directions(x_ND: Array) -> Array:
    """Embeddings divided by their length; one of length 0 stays as it is."""
    lengths_N1 = np.linalg.norm(x_ND, axis=1, keepdims=True)
    unit_ND: Array = x_ND / np.maximum(lengths_N1, np.finfo(np.float64).tiny)
    return unit_ND


def _at_least_two(train_ND: Array) -> Array:
    # scikit-learn fits nothing to one clip; the same clip twice has its mean and no variance.
    return np.repeat(train_ND, 2, axis=0) if len(train_ND) == 1 else train_ND
