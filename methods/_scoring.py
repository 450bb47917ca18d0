"""Anomaly scores from embeddings: how far a clip lies from the training clips of its machine ID.

Shapes: N training clips of one group, Q clips to score, D dimension of the embedding.

What is scored is the direction of an embedding: all are divided by their length first.
scikit-learn is imported where it is used: listing and planning shouldn't wait for it.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
MachineId = tuple[str, str]  # (machine, id)
Distance = Callable[[Array], Array]  # (Q, D) -> (Q,), higher is farther

# Far below the variance of any real group's embeddings (of length 1, so at most 1 in all); it
# makes the distance to a single clip finite.
SMALLEST_VARIANCE = 1e-6


@dataclass(frozen=True)
class Mixture:
    """Minus the largest log density among the Gaussians of a mixture fitted to the group.

    A group has at most as many components as different clips; around a single clip lies one
    round Gaussian of variance `regularisation`.

    Source: STgram-MFN-Contrastive, trainer.py, which leaves the components' weights out as well.
    """

    components: int = 2
    regularisation: float = 1e-3
    seed: int = 0

    def fit(self, train_ND: Array) -> Distance:
        """Return the distance to this group."""
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.mixture import GaussianMixture

        mixture = GaussianMixture(
            min(self.components, len(np.unique(train_ND, axis=0))),
            covariance_type="full",
            reg_covar=self.regularisation,
            random_state=self.seed,
        )
        with warnings.catch_warnings():
            # 100 steps of EM are enough to score by; the reference stops there too.
            warnings.simplefilter("ignore", ConvergenceWarning)
            mixture.fit(_at_least_two(train_ND))
        means, whiteners = mixture.means_, mixture.precisions_cholesky_

        def distance(query_QD: Array) -> Array:
            log_density_KQ = [
                np.log(np.diag(whitener)).sum()
                - 0.5 * np.square((query_QD - mean) @ whitener).sum(axis=1)
                - 0.5 * len(mean) * np.log(2 * np.pi)
                for mean, whitener in zip(means, whiteners, strict=True)
            ]
            nearest_Q: Array = np.max(log_density_KQ, axis=0)
            return -nearest_Q

        return distance


@dataclass(frozen=True)
class Neighbours:
    """Mean Euclidean distance to the `k` nearest clips of the group, or to all if it has fewer."""

    k: int = 1

    def fit(self, train_ND: Array) -> Distance:
        """Return the distance to this group."""
        from sklearn.neighbors import NearestNeighbors

        index = NearestNeighbors(n_neighbors=min(self.k, len(train_ND)), algorithm="brute")
        index.fit(train_ND)
        return lambda query_QD: np.asarray(index.kneighbors(query_QD)[0].mean(axis=1))


@dataclass(frozen=True)
class Mahalanobis:
    """Mahalanobis distance to the group's mean, its covariance shrunk after Ledoit and Wolf.

    To a single clip, or to several equal ones, it is the Euclidean distance times a constant.
    """

    def fit(self, train_ND: Array) -> Distance:
        """Return the distance to this group."""
        from sklearn.covariance import LedoitWolf

        estimate = LedoitWolf().fit(_at_least_two(train_ND))
        mean_D = estimate.location_
        covariance_DD = estimate.covariance_ + SMALLEST_VARIANCE * np.eye(len(mean_D))
        lower_DD = np.linalg.cholesky(covariance_DD)

        def distance(query_QD: Array) -> Array:
            white_DQ = np.linalg.solve(lower_DD, (query_QD - mean_D).T)
            distance_Q: Array = np.linalg.norm(white_DQ, axis=0)
            return distance_Q

        return distance


@dataclass
class PerId:
    """Score each clip by its distance to the training clips of its own machine ID.

    An ID is a pair (machine, id): "00" of two machines are two. An ID with one or two training
    clips is a group like any other. A clip whose ID has no training clips is scored by its
    distance to all training clips of its machine, or to all there are if the machine has none.
    """

    metric: Mixture | Neighbours | Mahalanobis
    embeddings_: Array = field(init=False, repr=False)
    ids_: list[MachineId] = field(init=False, repr=False)
    distances_: dict[MachineId, Distance] = field(init=False, repr=False)

    def fit(self, embeddings_ND: ArrayLike, ids: Sequence[MachineId]) -> Self:
        """Remember the training clips; a group's metric is fitted when a clip asks for it.

        Raises ValueError for no clips, values that aren't finite, or another number of IDs.
        """
        self.embeddings_ = _directions(embeddings_ND, ids)
        if not len(self.embeddings_):
            raise ValueError("there are no training clips to score against")
        self.ids_ = list(ids)
        self.distances_ = {}
        return self

    def score(self, embeddings_QD: ArrayLike, ids: Sequence[MachineId]) -> Array:
        """Return one finite score a clip (Q,), higher = more anomalous. Raises as `fit`."""
        query_QD = _directions(embeddings_QD, ids)
        scores_Q = np.empty(len(query_QD))
        for asked in dict.fromkeys(ids):
            if asked not in self.distances_:
                self.distances_[asked] = self.metric.fit(self.embeddings_[self._kin(asked)])
            rows = [row for row, one in enumerate(ids) if one == asked]
            scores_Q[rows] = self.distances_[asked](query_QD[rows])
        return scores_Q

    def _kin(self, asked: MachineId) -> list[int]:
        same_id = [row for row, one in enumerate(self.ids_) if one == asked]
        same_machine = [row for row, (machine, _) in enumerate(self.ids_) if machine == asked[0]]
        return same_id or same_machine or list(range(len(self.ids_)))


def _directions(embeddings_ND: ArrayLike, ids: Sequence[MachineId]) -> Array:
    x_ND = np.asarray(embeddings_ND, dtype=np.float64)
    if x_ND.ndim != 2 or len(x_ND) != len(ids):
        raise ValueError(f"embeddings of shape {x_ND.shape} don't go with {len(ids)} IDs")
    if not np.isfinite(x_ND).all():
        raise ValueError("some embeddings aren't finite: the network has diverged")
    lengths_N1 = np.linalg.norm(x_ND, axis=1, keepdims=True)
    unit_ND: Array = x_ND / np.maximum(lengths_N1, np.finfo(np.float64).tiny)
    return unit_ND


def _at_least_two(train_ND: Array) -> Array:
    # scikit-learn fits nothing to one clip; the same clip twice has its mean and no variance.
    return np.repeat(train_ND, 2, axis=0) if len(train_ND) == 1 else train_ND
