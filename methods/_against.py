"""Scores against some of a machine ID's training clips: of the nearest, or of what is fitted.

Shapes: N training clips of the ID, R of them that are referred to, Q clips to score, D dimension.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from torch import nn

from ._as_network import NearestNetwork, RelativeNetwork, euclid, half_squares
from ._distances import Distance
from ._normalise import (
    FEWEST,
    Array,
    Density,
    above_zero_level,
    cross_fitted,
    distances,
    least_level,
    nearest_mean,
    without_itself,
)


class Fitting(Protocol):
    """What can be fitted to a group's embeddings."""

    def fit(self, train_ND: Array) -> Distance:
        """The distance to the group."""


class NearestAgainst:
    """The mean of the ``k`` smallest distances to the rows, each balanced by the row's density.

    That is its density among all N clips. A clip that is held out is left out of distances and
    densities alike, exactly. ``far`` gives the distances (Q, R); ``cosine`` says what they are.
    """

    def __init__(
        self,
        train_ND: Array,
        rows: list[int],
        far: Callable[[Array, Array], Array] = distances,
        *,
        k: int,
        density: Density,
        cosine: bool = False,
    ) -> None:
        self._train_ND, self._rows, self._far = train_ND, rows, far
        self._k, self._density, self._cosine = k, density, cosine

    @cached_property
    def _apart(self) -> Array:
        return self._far(self._train_ND, self._train_ND)

    @cached_property
    def _levels(self) -> Array:
        return self._density.levels(self._apart)[self._rows]

    def score(self, query_QD: Array) -> Array:
        """The score of other clips (Q,)."""
        apart_QR = self._far(query_QD, self._train_ND[self._rows])
        if self._density.neighbours:
            apart_QR = self._density.balanced(apart_QR, self._levels)
        return nearest_mean(apart_QR, self._k)

    def as_network(self) -> nn.Module:
        """The score of other clips as a network."""
        return NearestNetwork(
            half_squares if self._cosine else euclid,
            self._train_ND[self._rows],
            self._k,
            self._levels if self._density.neighbours else None,
            reduced=self._density.relative == "difference",
        )

    def held_out(self) -> Array:
        """The score of each training clip (N,) without it."""
        rows, density = self._rows, self._density
        levels_NN = density.levels_without(self._apart)
        balanced_NR = density.balanced(self._apart, levels_NN)[:, rows]
        found_N = nearest_mean(balanced_NR, self._k)
        if len(rows) > 1:
            found_N[rows] = nearest_mean(without_itself(balanced_NR[rows]), self._k)
        return found_N


class FittedAgainst:
    """The distance that is fitted to the rows, relative to the usual one of rows nearby.

    The usual one is the mean of the held-out scores of the rows nearest to a clip, as many as
    ``density`` says: what the score is divided by, or reduced by if it is a ``log``. A row that is
    held out is left to what is fitted to the others, in at most ten folds.
    """

    def __init__(
        self,
        scorer: Fitting,
        train_ND: Array,
        rows: list[int],
        *,
        density: Density,
        log: bool,
    ) -> None:
        self._scorer, self._train_ND, self._rows = scorer, train_ND, rows
        self._here_RD = train_ND[rows]
        self._plain = scorer.fit(self._here_RD)
        self._dense = density.neighbours if len(rows) >= FEWEST else 0
        self._reduced = log or density.relative == "difference"

    def __getstate__(self) -> dict[str, Any]:
        """What scoring needs: a method that is kept is not asked for held-out scores again."""
        if not self._dense:
            return {"_plain": self._plain, "_dense": 0}
        names = ("_plain", "_dense", "_reduced", "_here_RD")
        return {name: vars(self)[name] for name in names} | {"_usual": self._usual}

    @cached_property
    def _usual(self) -> Array:  # ten times the cost of a fit: only where it is asked for
        return cross_fitted(self._scorer.fit, self._here_RD)

    def _relative(self, score_Q: Array, apart_QR: Array, k: int) -> Array:
        near_QK = np.argsort(apart_QR, axis=1, kind="stable")[:, :k]
        level_Q: Array = self._usual[near_QK].mean(axis=1)
        if self._reduced:
            return score_Q - level_Q
        return score_Q / above_zero_level(level_Q, self._usual)

    def score(self, query_QD: Array) -> Array:
        """The score of other clips (Q,)."""
        found_Q = self._plain(query_QD)
        if not self._dense:
            return found_Q
        return self._relative(found_Q, distances(query_QD, self._here_RD), self._dense)

    def as_network(self) -> nn.Module:
        """The score of other clips as a network."""
        plain = self._plain.as_network()
        least = least_level(self._usual) if self._dense else 0.0
        if not self._dense or not (least or self._reduced):  # as above_zero_level has it
            return plain
        here_RD, usual, k = self._here_RD, self._usual, self._dense
        return RelativeNetwork(plain, here_RD, usual, k, reduced=self._reduced, least=least)

    def held_out(self) -> Array:
        """The score of each training clip (N,) without it."""
        found_N = self.score(self._train_ND)
        rows = self._rows
        if len(rows) > 1:
            found_N[rows] = self._usual
        if self._dense:
            apart_RR = distances(self._here_RD, self._here_RD)
            np.fill_diagonal(apart_RR, np.inf)  # nobody is a neighbour of its own
            near = min(self._dense, len(rows) - 1)
            found_N[rows] = self._relative(self._usual, apart_RR, near)
        return found_N
