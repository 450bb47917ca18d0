"""Normalisers: scores against one machine ID's training clips, balanced by density and domain.

Shapes: N training clips of the ID, R of them that are referred to, Q clips to score, D dimension.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
from torch import nn

from ._as_network import SmallestNetwork
from ._normalise import (
    FEWEST,
    Array,
    Density,
    by_domain,
    joined,
    standard,
)

MachineId = tuple[str, str]  # (machine, id)
Scale = tuple[float, float]  # mean and spread
AS_IT_IS: Scale = (0.0, 1.0)


class Against(Protocol):
    """The score against some of an ID's training clips, and that of the ID's own training clips."""

    def score(self, query_QD: Array) -> Array:
        """One score a clip (Q,), higher is farther."""

    def as_network(self) -> nn.Module:
        """The same as a network: (Q, D) float64 -> (Q,)."""

    def held_out(self) -> Array:
        """All training clips' scores (N,), each as if it had not been learned from.

        There must be two.
        """


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

    def __getstate__(self) -> dict[str, Any]:
        """What scoring needs."""
        return {name: vars(self)[name] for name in ("_normaliser", "_scales", "_scored")}

    def __call__(self, query_QD: Array) -> Array:
        """One score a clip (Q,), higher = more anomalous."""
        return self._smallest([part.score(query_QD) for part in self._scored])

    def as_network(self) -> nn.Module:
        """The same as a network: (Q, D) float64 -> (Q,).

        Raises ``ValueError`` for scores that aren't a clip's own.
        """
        if self._normaliser.domains == "transductive":
            raise ValueError("its scores are standardised by those of the other clips beside them")
        return SmallestNetwork([part.as_network() for part in self._scored], self._scales)

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
