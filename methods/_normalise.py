"""What balances scores between dense and sparse training clips, and between domains.

Shapes: N training clips of one machine ID, R reference clips, Q clips to score, D dimension.

Source of the local density: Wilkinghoff et al., "Keeping the balance", ICASSP 2025, and "Local
density-based anomaly score normalization for domain generalization", TASLP 2025; with K neighbours
as in their anomaly-score-normalization, utils.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

Array = NDArray[np.float64]
FEWEST = 3  # clips of which a density, or a spread of leave-one-out scores, says something
FOLDS = 10
MOST_EXACT = 2e9  # differences that are squared one by one; a second or two on a core
# Where clips are there twice, their distance of 0 would divide every other distance.
SMALLEST_LEVEL = 1e-6  # of the mean level


class Density(NamedTuple):
    """How scores are made relative to how dense the training clips are that they refer to.

    The mean distance of a training clip to its ``neighbours`` nearest others (0: nothing is done)
    divides a score, or is taken from it.
    """

    neighbours: int = 0
    relative: Literal["ratio", "difference"] = "ratio"

    def levels(self, distances_NN: Array) -> Array:
        """What each clip's distances are related to (N,)."""
        return self._or_nothing(density(distances_NN, self.neighbours))

    def levels_without(self, distances_NN: Array) -> Array:
        """The same for each clip left out (N, N), as ``density_without``."""
        return self._or_nothing(density_without(distances_NN, self.neighbours))

    def balanced(self, scores: Array, levels: Array) -> Array:
        """Scores in terms of these levels."""
        return scores / levels if self.relative == "ratio" else scores - levels

    def _or_nothing(self, levels: Array) -> Array:
        nothing = not self.neighbours or len(levels) < FEWEST
        return np.zeros_like(levels) if nothing and self.relative == "difference" else levels


def distances(
    query_QD: Array, train_ND: Array, *, cosine: bool = False, device: str = "cpu"
) -> Array:
    """Euclidean distances (Q, N), exact: that of a clip to itself is 0; computed on ``device``.

    Of very many, a matrix product makes them in seconds, off by 1e-7 or so of the lengths. For
    ``cosine`` 1 less the cosine, of embeddings of length 1: half of the squared distance.
    """
    query = torch.from_numpy(query_QD).to(device)
    train = torch.from_numpy(train_ND).to(device)
    by_product = len(query) * len(train) * query.shape[1] > MOST_EXACT
    apart_QN = torch.cdist(
        query,
        train,
        compute_mode="use_mm_for_euclid_dist" if by_product else "donot_use_mm_for_euclid_dist",
    )
    found_QN: Array = (apart_QN.square() / 2 if cosine else apart_QN).cpu().numpy()
    return found_QN


def nearest_mean(distances_QN: Array, k: int) -> Array:
    """The mean of each row's ``k`` smallest values (Q,), or of all if it has fewer."""
    mean_Q: Array = np.sort(distances_QN, axis=1)[:, :k].mean(axis=1)
    return mean_Q


def without_itself(distances_NN: Array) -> Array:
    """Each clip's distances to the other clips (N, N - 1): the matrix without its diagonal."""
    clips = len(distances_NN)
    return distances_NN[~np.eye(clips, dtype=bool)].reshape(clips, clips - 1)


def density(distances_NN: Array, k: int) -> Array:
    """Each clip's mean distance to its ``k`` nearest other clips (N,), kept above 0.

    Small where clips are dense. It is 1 throughout, which normalises nothing, for ``k`` = 0 and
    for fewer than three clips.
    """
    if not k or len(distances_NN) < FEWEST:
        return np.ones(len(distances_NN))
    level_N = nearest_mean(without_itself(distances_NN), k)
    return above_zero_level(level_N, level_N)


def density_without(distances_NN: Array, k: int) -> Array:
    """As ``density``, for each clip left out: row i has every clip's density as if i weren't there.

    (N, N); the diagonal, a clip's density without itself, means nothing and is 1.
    """
    clips = len(distances_NN)
    if not k or clips < FEWEST:
        return np.ones((clips, clips))
    ordered_NM = np.sort(without_itself(distances_NN), axis=1)
    k = min(k, clips - 2)
    total_N, farthest_N = ordered_NM[:, :k].sum(axis=1), ordered_NM[:, k - 1]
    # One of a clip's k nearest makes room for the next.
    next_NN = total_N + ordered_NM[:, k] - distances_NN
    level_NN = np.where(distances_NN <= farthest_N, next_NN, total_N) / k
    level_NN = above_zero_level(level_NN, total_N / k)
    np.fill_diagonal(level_NN, 1.0)
    return level_NN


def above_zero_level(level: Array, usual_N: Array) -> Array:
    """Levels to divide by, kept above a millionth of the usual one; 1 where the usual one is 0."""
    least = least_level(usual_N)
    return np.maximum(level, least) if least > 0 else np.ones_like(level)


def least_level(usual_N: Array) -> float:
    """The smallest level to divide by, or 0."""
    return float(SMALLEST_LEVEL * usual_N.mean())


def folds(clips: int) -> NDArray[np.int64]:
    """The fold of each clip (N,): at most ten, by turns; one a clip for fewer than ten clips."""
    return np.arange(clips) % min(clips, FOLDS)


def cross_fitted(fit: Callable[[Array], Callable[[Array], Array]], train_ND: Array) -> Array:
    """Each clip's score (N,) by what was fitted to the other folds. There must be two clips."""
    fold_N, scores_N = folds(len(train_ND)), np.empty(len(train_ND))
    for fold in range(fold_N.max() + 1):
        here = fold_N == fold
        scores_N[here] = fit(train_ND[~here])(train_ND[here])
    return scores_N


def by_domain(domains: Sequence[str | None]) -> list[list[int]]:
    """The rows of each domain, in the order of their names; those of which none is told are one."""
    names = sorted(set(domains), key=lambda name: (name is None, name))
    return [[row for row, one in enumerate(domains) if one == name] for name in names]


def joined(groups: Sequence[list[int]], weak: Sequence[bool]) -> list[list[int]]:
    """The weak groups' rows put to the largest of the others; all in one group if all are weak."""
    strong = [group for group, is_weak in zip(groups, weak, strict=True) if not is_weak]
    spare = [row for group, is_weak in zip(groups, weak, strict=True) if is_weak for row in group]
    if not strong:
        return [sorted(spare)]
    largest = max(range(len(strong)), key=lambda place: len(strong[place]))
    return [sorted(g + spare) if i == largest else g for i, g in enumerate(strong)]


def standard(scores_N: Array) -> tuple[float, float] | None:
    """Mean and standard deviation, or None where there are too few scores or they are all equal."""
    mean, spread = float(scores_N.mean()), float(scores_N.std())
    if len(scores_N) < FEWEST or spread <= 1e-9 * abs(mean):
        return None
    return mean, spread
