"""Anomaly scores from embeddings: how far a clip lies from the training clips of its machine ID.

Shapes: N training clips of one group, Q clips to score, D dimension of the embedding.

What is scored is the direction of an embedding: all are divided by their length first, unless
``PerId`` is told otherwise.
scikit-learn is imported where it is used: listing and planning shouldn't wait for it.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from ._normalise import Array, distances, nearest_mean
from ._references import Against, Distance, References, fitted, nearest

MachineId = tuple[str, str]  # (machine, id)

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

    def against(self, train_ND: Array, rows: list[int], dense: int) -> Against:
        """Return the distance to some of the group's clips; see ``_references.py``."""
        return fitted(self.fit, train_ND, rows, dense=dense, log=True)


@dataclass(frozen=True)
class Neighbours:
    """Mean Euclidean distance to the `k` nearest clips of the group, or to all if it has fewer.

    `exact` distances are worked out one by one; others are off by 1e-8 or so where clips are equal.
    """

    k: int = 1
    exact: bool = False

    def fit(self, train_ND: Array) -> Distance:
        """Return the distance to this group."""
        if self.exact:
            return lambda query_QD: nearest_mean(distances(query_QD, train_ND), self.k)
        from sklearn.neighbors import NearestNeighbors

        index = NearestNeighbors(n_neighbors=min(self.k, len(train_ND)), algorithm="brute")
        index.fit(train_ND)
        return lambda query_QD: np.asarray(index.kneighbors(query_QD)[0].mean(axis=1))

    def against(self, train_ND: Array, rows: list[int], dense: int) -> Against:
        """Return the distance to some of the group's clips; see ``_references.py``."""
        return nearest(train_ND, rows, k=self.k, dense=dense)


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

    def against(self, train_ND: Array, rows: list[int], dense: int) -> Against:
        """Return the distance to some of the group's clips; see ``_references.py``."""
        return fitted(self.fit, train_ND, rows, dense=dense, log=False)


@dataclass
class PerId:
    """Score each clip by its distance to the training clips of its own machine ID.

    An ID is a pair (machine, id): "00" of two machines are two. An ID with one or two training
    clips is a group like any other. A clip whose ID has no training clips is scored by its
    distance to all training clips of its machine, or to all there are if the machine has none.

    `density` is how many neighbours tell how dense training clips are, to balance scores by (0:
    none do); `apart` takes the smallest of the scores against each domain. See ``_references.py``.
    `directions`: whether embeddings are divided by their length.
    """

    metric: Mixture | Neighbours | Mahalanobis
    apart: bool = False
    density: int = 0
    directions: bool = True
    embeddings_: Array = field(init=False, repr=False)
    ids_: list[MachineId] = field(init=False, repr=False)
    domains_: list[str | None] = field(init=False, repr=False)
    distances_: dict[MachineId, Distance] = field(init=False, repr=False)

    def fit(
        self,
        embeddings_ND: ArrayLike,
        ids: Sequence[MachineId],
        domains: Sequence[str | None] | None = None,
    ) -> Self:
        """Remember the training clips; a group's metric is fitted when a clip asks for it.

        Raises ValueError for no clips, values that aren't finite, or another number of IDs.
        """
        self.embeddings_ = self._checked(embeddings_ND, ids)
        if not len(self.embeddings_):
            raise ValueError("there are no training clips to score against")
        self.ids_ = list(ids)
        self.domains_ = [None] * len(self.ids_) if domains is None else list(domains)
        self.distances_ = {}
        return self

    def score(self, embeddings_QD: ArrayLike, ids: Sequence[MachineId]) -> Array:
        """Return one finite score a clip (Q,), higher = more anomalous. Raises as `fit`."""
        query_QD = self._checked(embeddings_QD, ids)
        scores_Q = np.empty(len(query_QD))
        for asked in dict.fromkeys(ids):
            if asked not in self.distances_:
                self.distances_[asked] = self._distance(self._kin(asked))
            rows = [row for row, one in enumerate(ids) if one == asked]
            scores_Q[rows] = self.distances_[asked](query_QD[rows])
        return scores_Q

    def train_scores(self) -> Array:
        """Return one score a training clip (N,), as if that clip had not been learned from.

        The only clip of an ID is then one of an unknown ID; a single clip in all is held against
        itself.
        """
        scores_N = np.empty(len(self.ids_))
        for asked in dict.fromkeys(self.ids_):
            rows = self._kin(asked)
            if len(rows) > 1:
                scores_N[rows] = self._references(rows).held_out()
            else:
                others = self._kin(asked, without=rows[0]) or rows
                scores_N[rows] = self._distance(others)(self.embeddings_[rows])
        return scores_N

    def _distance(self, rows: list[int]) -> Distance:
        if self.apart or self.density:
            return self._references(rows).score
        return self.metric.fit(self.embeddings_[rows])

    def _references(self, rows: list[int]) -> References:
        return References(
            self.metric,
            self.embeddings_[rows],
            domains=[self.domains_[row] for row in rows] if self.apart else None,
            dense=self.density,
        )

    def _kin(self, asked: MachineId, without: int = -1) -> list[int]:
        every = [(row, one) for row, one in enumerate(self.ids_) if row != without]
        same_id = [row for row, one in every if one == asked]
        same_machine = [row for row, (machine, _) in every if machine == asked[0]]
        return same_id or same_machine or [row for row, _ in every]

    def _checked(self, embeddings_ND: ArrayLike, ids: Sequence[MachineId]) -> Array:
        x_ND = np.asarray(embeddings_ND, dtype=np.float64)
        if x_ND.ndim != 2 or len(x_ND) != len(ids):
            raise ValueError(f"embeddings of shape {x_ND.shape} don't go with {len(ids)} IDs")
        if not np.isfinite(x_ND).all():
            raise ValueError("some embeddings aren't finite: the network has diverged")
        if not self.directions:
            return x_ND
        lengths_N1 = np.linalg.norm(x_ND, axis=1, keepdims=True)
        unit_ND: Array = x_ND / np.maximum(lengths_N1, np.finfo(np.float64).tiny)
        return unit_ND


def _at_least_two(train_ND: Array) -> Array:
    # scikit-learn fits nothing to one clip; the same clip twice has its mean and no variance.
    return np.repeat(train_ND, 2, axis=0) if len(train_ND) == 1 else train_ND
