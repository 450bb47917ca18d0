"""Scores of clips against the training clips of their own machine ID.

Shapes: N training clips, Q clips to score, D dimension of the embedding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from ._distances import Distance
from ._normalise import Array
from ._references import MachineId, Made, Normaliser, References
from ._scorers import Scorer, directions


@dataclass
class PerId:
    """Score each clip by its distance to the training clips of its own machine ID.

    An ID is a pair (machine, id): "00" of two machines are two. An ID with one or two training
    clips is a group like any other. A clip whose ID has no training clips is scored by its
    distance to all training clips of its machine, or to all there are if the machine has none.

    `normaliser` balances scores between dense and sparse training clips, and between domains.
    `lengths`: whether an embedding's length counts, or its direction alone.
    """

    scorer: Scorer
    normaliser: Normaliser = Normaliser()
    lengths: bool = False
    embeddings_: Array = field(init=False, repr=False)
    ids_: list[MachineId] = field(init=False, repr=False)
    domains_: list[str | None] = field(init=False, repr=False)
    made_: Made | None = field(init=False, repr=False)
    distances_: dict[MachineId, Distance] = field(init=False, repr=False)

    def fit(
        self,
        embeddings_ND: ArrayLike,
        ids: Sequence[MachineId],
        domains: Sequence[str | None] | None = None,
        made: Made | None = None,
    ) -> Self:
        """Remember the training clips, and what was made of them.

        A group's scorer is fitted when a clip asks for it.

        Raises ValueError for no clips, values that aren't finite, or another number of IDs.
        """
        self.embeddings_ = self._checked(embeddings_ND, ids)
        if not len(self.embeddings_):
            raise ValueError("there are no training clips to score against")
        self.ids_ = list(ids)
        self.domains_ = [None] * len(self.ids_) if domains is None else list(domains)
        self.made_ = made and made._replace(embeddings=self._checked(made.embeddings, made.ids))
        self.distances_ = {}
        return self

    def score(self, embeddings_QD: ArrayLike, ids: Sequence[MachineId]) -> Array:
        """Return one finite score a clip (Q,), higher = more anomalous. Raises as `fit`."""
        query_QD = self._checked(embeddings_QD, ids)
        scores_Q = np.empty(len(query_QD))
        for asked in dict.fromkeys(ids):
            rows = [row for row, one in enumerate(ids) if one == asked]
            scores_Q[rows] = self.distance(asked)(query_QD[rows])
        return scores_Q

    def distance(self, asked: MachineId) -> Distance:
        """The distance to the training clips of a machine ID."""
        self._know(asked)
        return self.distances_[asked]

    def know(self) -> Self:
        """Fit a scorer to every ID that there are clips of, rather than when one asks for it."""
        for asked in dict.fromkeys(self.ids_):
            self._know(asked)
        return self

    def _know(self, asked: MachineId) -> None:
        if asked not in self.distances_:
            self.distances_[asked] = self._distance(self._kin(asked), self._made_of(asked))

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

    def _distance(self, rows: list[int], made: Made | None = None) -> Distance:
        if self.normaliser != Normaliser():
            return self._references(rows, made)
        here_ND = self.embeddings_[rows]
        return self.scorer.fit(np.concatenate([here_ND, made.embeddings]) if made else here_ND)

    def _references(self, rows: list[int], made: Made | None = None) -> References:
        domains = [self.domains_[row] for row in rows]
        return References(self.scorer, self.normaliser, self.embeddings_[rows], domains, made)

    def _made_of(self, asked: MachineId) -> Made | None:
        if self.made_ is None or asked not in self.made_.ids:
            return None
        return self.made_.pick([row for row, one in enumerate(self.made_.ids) if one == asked])

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
        return x_ND if self.lengths else directions(x_ND)
