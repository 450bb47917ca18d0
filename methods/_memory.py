"""A memory of training clips: what a method has that is an encoder and a scorer, and nothing else.

Shapes: N training clips, Q clips to score, D embedding.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from asdbench import Clips, Context

from ._as_network import ByIdNetwork
from ._per_id import PerId
from ._references import MachineId, Made
from ._scoring import Scoring


class Encode(Protocol):
    """What embeds clips."""

    def __call__(self, clips: Clips, /) -> Tensor | NDArray[np.float64]:
        """Embeddings (N, D)."""

    def as_network(self) -> nn.Module:
        """The same as a network: (waveforms, log-mel) -> (N, D). ``ValueError`` where it can't."""


class Making(Protocol):
    """What makes further embeddings out of those of the training clips."""

    def of(
        self, embeddings_ND: NDArray[np.float64], ids: list[MachineId], domains: list[str | None]
    ) -> Made | None:
        """The embeddings that are made, or None."""


class ClipScorer(Protocol):
    """What a fit leaves behind to score clips by."""

    def score(self, test: Clips) -> NDArray[np.float64]:
        """One score a clip, higher = more anomalous."""

    def train_scores(self, train: Clips) -> NDArray[np.float64]:
        """One score a training clip, as if it had not been learned from where that can be."""

    def as_network(self, ids: Sequence[MachineId]) -> nn.Module:
        """The scores as if clips were of each of these: (waveforms, log-mel) -> (N, I)."""


class ByScorer:
    """A method whose ``fit`` leaves a ``scorer_``, which does the rest, as ``scoring`` says."""

    scoring: Scoring
    scorer_: ClipScorer

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader of its row must know."""
        return self.scoring.remarks

    def score(self, test: Clips) -> NDArray[np.float64]:
        """One score a clip, by what ``fit`` has learned; higher is more anomalous."""
        return self.scorer_.score(test)

    def train_scores(self, train: Clips) -> NDArray[np.float64]:
        """Scores of the training clips: distances as if a clip had not been learned from."""
        return self.scorer_.train_scores(train)

    def as_network(self, ids: Sequence[MachineId]) -> nn.Module:
        """The scores of clips as if they were of each of these machine IDs, as a network.

        Raises ``ValueError`` where it can't become one, saying why.
        """
        return self.scorer_.as_network(ids)


class TrainingMemory:
    """Embeddings of training clips, and how far others are from those of their machine ID.

    ``encode`` embeds clips: an object of a class or function of a module, so that it can be kept.
    ``lengths``: whether an embedding's length counts, whose size can be anything, so that distances
    must be exact; the cosine has none. Scorers that draw do so from ``seed``.
    """

    def __init__(
        self,
        scoring: Scoring,
        encode: Encode,
        context: Context | None = None,  # without one, on the CPU
        *,
        seed: int = 0,
        lengths: bool = False,
    ) -> None:
        self._scoring, self._encode, self._context = scoring, encode, context
        self._seed, self._lengths = seed, lengths

    def __getstate__(self) -> dict[str, Any]:
        """All that it was fitted to, and what was learned of it; the rest is remembered again."""
        per_id = self._per_id
        learned = {one: per_id.distances_[one] for one in per_id.ids_} if self._learns else {}
        inside = {name: value for name, value in vars(self).items() if name != "_per_id"}
        return inside | {"_learned": learned}

    def __setstate__(self, state: dict[str, Any]) -> None:
        learned = state.pop("_learned")
        vars(self).update(state)
        self._remember()
        self._per_id.distances_.update(learned)

    def fit(
        self,
        train: Clips,
        made: Made | Making | None = None,
        embeddings_ND: Tensor | NDArray[np.float64] | None = None,
    ) -> Self:
        """Remember these clips, and those that are ``made`` of them to be referred to as well.

        ``embeddings_ND`` are theirs, where they are known. Raises ``ValueError`` where an embedding
        isn't finite.
        """
        self._embeddings_ND = self._encode(train) if embeddings_ND is None else embeddings_ND
        self._ids, self._domains = _ids(train), [clip.domain for clip in train]
        self._made = made
        self._remember()
        if self._learns:
            self._per_id.know()
        return self

    @property
    def _learns(self) -> bool:
        return self._per_id.scorer.learns

    def _remember(self) -> None:
        scoring, lengths = self._scoring, self._lengths
        device = self._context.device if self._context else "cpu"
        self._per_id = PerId(
            scoring.scorer(self._seed, device, exact=lengths),
            scoring.normaliser,
            lengths=lengths and not scoring.cosine,
        )
        known_ND, made = _on_cpu(self._embeddings_ND), self._made
        if made is not None and not isinstance(made, Made):
            made = made.of(np.asarray(known_ND, dtype=np.float64), self._ids, self._domains)
        self._per_id.fit(known_ND, self._ids, self._domains, made)

    def score(self, test: Clips) -> NDArray[np.float64]:
        """The distance of each clip to the training clips of its machine ID (Q,)."""
        return self._per_id.score(_on_cpu(self._encode(test)), _ids(test))

    def as_network(self, ids: Sequence[MachineId]) -> nn.Module:
        """The same of clips as if they were of each of these machine IDs, as a network."""
        distances = [self._per_id.distance(one).as_network() for one in ids]
        return ByIdNetwork(self._encode.as_network(), distances, lengths=self._per_id.lengths)

    def train_scores(self, train: Clips) -> NDArray[np.float64]:
        """The score of each clip that is remembered (N,), as if it weren't."""
        known = len(self._per_id.ids_)
        if len(train) != known:
            raise ValueError(f"fitted to {known} clips, and asked about {len(train)}")
        return self._per_id.train_scores()


def _ids(clips: Clips) -> list[MachineId]:
    return [(clip.machine, clip.id) for clip in clips]


def _on_cpu(embeddings_ND: Tensor | NDArray[np.float64]) -> Tensor | NDArray[np.float64]:
    return embeddings_ND.cpu() if isinstance(embeddings_ND, Tensor) else embeddings_ND
