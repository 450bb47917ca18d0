"""Scores against the training clips of one machine ID, balanced by density and by domain.

Shapes: N training clips of the ID, R of them that are referred to, Q clips to score, D dimension.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple, Protocol

import numpy as np

from ._normalise import (
    FEWEST,
    Array,
    above_zero_level,
    by_domain,
    cross_fitted,
    density,
    density_without,
    distances,
    joined,
    nearest_mean,
    standard,
    without_itself,
)

Distance = Callable[[Array], Array]  # (Q, D) -> (Q,), higher is farther


class Against(NamedTuple):
    """The score against some of an ID's training clips, and that of the ID's own training clips.

    ``held_out`` gives all N of them, each as if it had not been learned from; there must be two.
    """

    score: Distance
    held_out: Callable[[], Array]


class Metric(Protocol):
    """What tells how far clips are from some of the training clips, and how much that is there."""

    def against(self, train_ND: Array, rows: list[int], dense: int) -> Against:
        """Referred to these rows; ``dense`` is how many neighbours tell the density, 0 for none."""


def nearest(train_ND: Array, rows: list[int], *, k: int, dense: int) -> Against:
    """The mean of the ``k`` smallest distances to the rows, each divided by the row's density.

    That is its density among all N clips. A clip that is held out is left out of distances and
    densities alike, exactly.
    """

    @cache
    def apart() -> Array:
        return distances(train_ND, train_ND)

    @cache
    def levels() -> Array:
        return density(apart(), dense)[rows]

    def score(query_QD: Array) -> Array:
        apart_QR = distances(query_QD, train_ND[rows])
        return nearest_mean(apart_QR / levels() if dense else apart_QR, k)

    def held_out() -> Array:
        ratio_NR = (apart() / density_without(apart(), dense))[:, rows]
        found_N = nearest_mean(ratio_NR, k)
        if len(rows) > 1:
            found_N[rows] = nearest_mean(without_itself(ratio_NR[rows]), k)
        return found_N

    return Against(score, held_out)


def fitted(
    fit: Callable[[Array], Distance], train_ND: Array, rows: list[int], *, dense: int, log: bool
) -> Against:
    """The distance that is fitted to the rows, relative to the usual one of rows nearby.

    The usual one is the mean of the held-out scores of the ``dense`` rows nearest to a clip: what
    the score is divided by, or reduced by if it is a ``log``. A row that is held out is left to
    what is fitted to the others, in at most ten folds.
    """
    here_RD = train_ND[rows]
    plain = fit(here_RD)
    dense = dense if len(rows) >= FEWEST else 0

    @cache
    def usual() -> Array:  # ten times the cost of a fit: only where it is asked for
        return cross_fitted(fit, here_RD)

    def relative(score_Q: Array, apart_QR: Array, k: int) -> Array:
        near_QK = np.argsort(apart_QR, axis=1, kind="stable")[:, :k]
        level_Q = usual()[near_QK].mean(axis=1)
        return score_Q - level_Q if log else score_Q / above_zero_level(level_Q, usual())

    def score(query_QD: Array) -> Array:
        found_Q = plain(query_QD)
        return relative(found_Q, distances(query_QD, here_RD), dense) if dense else found_Q

    def held_out() -> Array:
        found_N = score(train_ND)
        if len(rows) > 1:
            found_N[rows] = usual()
        if dense:
            apart_RR = distances(here_RD, here_RD)
            np.fill_diagonal(apart_RR, np.inf)  # nobody is a neighbour of its own
            found_N[rows] = relative(usual(), apart_RR, min(dense, len(rows) - 1))
        return found_N

    return Against(score, held_out)


class References:
    """The score against an ID's training clips: against all, or the smallest over their domains.

    Over domains (``domains`` has each clip's), each domain's score is standardised by the held-out
    scores of that domain's own clips. A domain of fewer than three clips, or whose clips' scores
    are all equal, can't be: its clips are put to the largest other domain. If that leaves none,
    the score is that against all, as it is.
    """

    def __init__(
        self,
        metric: Metric,
        train_ND: Array,
        *,
        domains: Sequence[str | None] | None = None,
        dense: int = 0,
    ) -> None:
        self._train_ND = train_ND
        every = list(range(len(train_ND)))
        groups = [every] if domains is None else by_domain(domains)
        while True:
            parts = [metric.against(train_ND, rows, dense) for rows in groups]
            scales = [
                None if domains is None else _scale(part, rows)
                for part, rows in zip(parts, groups, strict=True)
            ]
            weak = [scale is None for scale in scales]
            if len(groups) == 1 or not any(weak):
                break
            groups = joined(groups, weak)
        self._parts = [
            (part, scale or (0.0, 1.0)) for part, scale in zip(parts, scales, strict=True)
        ]

    def score(self, query_QD: Array) -> Array:
        """One score a clip (Q,), higher = more anomalous."""
        return self._smallest(lambda part: part.score(query_QD))

    def held_out(self) -> Array:
        """The score of each training clip (N,) as if it had not been learned from.

        Only the domains' means and spreads have seen it. There must be two clips.
        """
        return self._smallest(lambda part: part.held_out())

    def _smallest(self, of: Callable[[Against], Array]) -> Array:
        scores = [(of(part) - mean) / spread for part, (mean, spread) in self._parts]
        smallest: Array = np.min(scores, axis=0)
        return smallest


def _scale(part: Against, rows: list[int]) -> tuple[float, float] | None:
    return standard(part.held_out()[rows]) if len(rows) >= FEWEST else None
