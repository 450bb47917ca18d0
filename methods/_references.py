"""Normalisers: scores against one machine ID's training clips, balanced by density and domain.

Shapes: N training clips of the ID, R of them that are referred to, Q clips to score, D dimension.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple, Protocol

import numpy as np

from ._normalise import (
    FEWEST,
    Array,
    Density,
    above_zero_level,
    by_domain,
    cross_fitted,
    distances,
    joined,
    nearest_mean,
    standard,
    without_itself,
)

Distance = Callable[[Array], Array]  # (Q, D) -> (Q,), higher is farther
MachineId = tuple[str, str]  # (machine, id)
Scale = tuple[float, float]  # mean and spread
AS_IT_IS: Scale = (0.0, 1.0)


class Against(NamedTuple):
    """The score against some of an ID's training clips, and that of the ID's own training clips.

    ``held_out`` gives all N of them, each as if it had not been learned from; there must be two.
    """

    score: Distance
    held_out: Callable[[], Array]


class Made(NamedTuple):
    """Embeddings (M, D) of clips that were made of training clips, and whose they are."""

    embeddings: Array
    ids: Sequence[MachineId]
    domains: Sequence[str | None]

    def pick(self, rows: list[int]) -> Made:
        """Some of them."""
        return Made(
            self.embeddings[rows],
            [self.ids[row] for row in rows],
            [self.domains[row] for row in rows],
        )


class Referring(Protocol):
    """What tells how far clips are from some of the training clips, and how much that is there."""

    def against(self, train_ND: Array, rows: list[int], density: Density) -> Against:
        """Referred to these rows, balanced by their density."""


@dataclass(frozen=True)
class Normaliser:
    """What scores are balanced by; the default leaves them as they are.

    ``domains``: "together" refers to all training clips of an ID alike. The others take the
    smallest of the scores against each domain: "nearest" as they are, "apart" standardised by the
    held-out scores of the domain's own clips, "transductive" by the scores of the clips that are
    scored, which a detector hasn't got: to repeat what some papers do.
    """

    domains: Literal["together", "nearest", "apart", "transductive"] = "together"
    density: Density = Density()


def nearest(
    train_ND: Array,
    rows: list[int],
    far: Callable[[Array, Array], Array] = distances,
    *,
    k: int,
    density: Density,
) -> Against:
    """The mean of the ``k`` smallest distances to the rows, each balanced by the row's density.

    That is its density among all N clips. A clip that is held out is left out of distances and
    densities alike, exactly. ``far`` gives the distances (Q, R).
    """

    @cache
    def apart() -> Array:
        return far(train_ND, train_ND)

    @cache
    def levels() -> Array:
        return density.levels(apart())[rows]

    def score(query_QD: Array) -> Array:
        apart_QR = far(query_QD, train_ND[rows])
        balanced_QR = density.balanced(apart_QR, levels()) if density.neighbours else apart_QR
        return nearest_mean(balanced_QR, k)

    def held_out() -> Array:
        levels_NN = density.levels_without(apart())
        balanced_NR = density.balanced(apart(), levels_NN)[:, rows]
        found_N = nearest_mean(balanced_NR, k)
        if len(rows) > 1:
            found_N[rows] = nearest_mean(without_itself(balanced_NR[rows]), k)
        return found_N

    return Against(score, held_out)


def fitted(
    fit: Callable[[Array], Distance],
    train_ND: Array,
    rows: list[int],
    *,
    density: Density,
    log: bool,
) -> Against:
    """The distance that is fitted to the rows, relative to the usual one of rows nearby.

    The usual one is the mean of the held-out scores of the rows nearest to a clip, as many as
    ``density`` says: what the score is divided by, or reduced by if it is a ``log``. A row that is
    held out is left to what is fitted to the others, in at most ten folds.
    """
    here_RD = train_ND[rows]
    plain = fit(here_RD)
    dense = density.neighbours if len(rows) >= FEWEST else 0
    reduced = log or density.relative == "difference"

    @cache
    def usual() -> Array:  # ten times the cost of a fit: only where it is asked for
        return cross_fitted(fit, here_RD)

    def relative(score_Q: Array, apart_QR: Array, k: int) -> Array:
        near_QK = np.argsort(apart_QR, axis=1, kind="stable")[:, :k]
        level_Q = usual()[near_QK].mean(axis=1)
        return score_Q - level_Q if reduced else score_Q / above_zero_level(level_Q, usual())

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

    ``domains`` has each clip's. Clips that were ``made`` of training clips are referred to as well,
    and say nothing of what is usual. Where domains are "apart", one of fewer than three clips, or
    whose clips' scores are all equal, has no scale: its clips are put to the largest other domain.
    If that leaves none, the score is that against all, as it is.
    """

    def __init__(
        self,
        scorer: Referring,
        normaliser: Normaliser,
        train_ND: Array,
        domains: Sequence[str | None],
        made: Made | None = None,
    ) -> None:
        self._normaliser = normaliser
        every = list(range(len(train_ND)))
        groups = [every] if normaliser.domains == "together" else by_domain(domains)
        while True:
            parts = [scorer.against(train_ND, rows, normaliser.density) for rows in groups]
            scales = [self._scale(part, rows) for part, rows in zip(parts, groups, strict=True)]
            weak = [scale is None for scale in scales]
            if len(groups) == 1 or not any(weak):
                break
            groups = joined(groups, weak)
        self._scales = [scale or AS_IT_IS for scale in scales]
        self._parts = self._scored = parts
        if made:
            every_ND = np.concatenate([train_ND, made.embeddings])
            self._scored = [
                scorer.against(
                    every_ND, [*rows, *_of_domains(rows, domains, made)], normaliser.density
                )
                for rows in groups
            ]

    def score(self, query_QD: Array) -> Array:
        """One score a clip (Q,), higher = more anomalous."""
        return self._smallest([part.score(query_QD) for part in self._scored])

    def held_out(self) -> Array:
        """The score of each training clip (N,) as if it had not been learned from.

        Only the domains' means and spreads have seen it. There must be two clips.
        """
        return self._smallest([part.held_out() for part in self._parts])

    def _scale(self, part: Against, rows: list[int]) -> Scale | None:
        if self._normaliser.domains != "apart":
            return AS_IT_IS
        return standard(part.held_out()[rows]) if len(rows) >= FEWEST else None

    def _smallest(self, of_parts: Sequence[Array]) -> Array:
        scores = []
        for found, scale in zip(of_parts, self._scales, strict=True):
            mean, spread = scale
            if self._normaliser.domains == "transductive":
                mean, spread = standard(found) or AS_IT_IS
            scores.append((found - mean) / spread)
        smallest: Array = np.min(scores, axis=0)
        return smallest


def _of_domains(rows: list[int], domains: Sequence[str | None], made: Made) -> list[int]:
    """The places, after all training clips, of those made of these rows' domains."""
    here = {domains[row] for row in rows}
    return [len(domains) + place for place, domain in enumerate(made.domains) if domain in here]
