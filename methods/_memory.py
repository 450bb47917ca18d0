"""A memory of training clips: what a method has that is an encoder and a scorer, and nothing else.

Shapes: N training clips, Q clips to score, D embedding.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from asdbench import Clips

from ._per_id import PerId
from ._references import MachineId, Made
from ._scoring import Scoring

Encode = Callable[[Clips], Tensor | NDArray[np.float64]]  # clips -> embeddings (N, D)


class ClipScorer(Protocol):
    """What a fit leaves behind to score clips by."""

    def score(self, test: Clips) -> NDArray[np.float64]:
        """One score a clip, higher = more anomalous."""

    def train_scores(self, train: Clips) -> NDArray[np.float64]:
        """One score a training clip, as if it had not been learned from where that can be."""


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


class TrainingMemory:
    """Embeddings of training clips, and how far others are from those of their machine ID.

    ``encode`` embeds clips, on any device. ``lengths``: whether an embedding's length counts, whose
    size can be anything, so that distances must be exact; the cosine has none. Scorers that draw
    do so from ``seed``.
    """

    def __init__(
        self,
        scoring: Scoring,
        encode: Encode,
        *,
        seed: int = 0,
        device: str = "cpu",
        lengths: bool = False,
    ) -> None:
        self._encode = encode
        self._per_id = PerId(
            scoring.scorer(seed, device, exact=lengths),
            scoring.normaliser,
            lengths=lengths and not scoring.cosine,
        )

    def fit(self, train: Clips, made: Made | None = None) -> Self:
        """Remember these clips, and those that were ``made`` of them to be referred to as well.

        Raises ``ValueError`` where an embedding isn't finite.
        """
        domains = [clip.domain for clip in train]
        self._per_id.fit(_on_cpu(self._encode(train)), _ids(train), domains, made)
        return self

    def score(self, test: Clips) -> NDArray[np.float64]:
        """The distance of each clip to the training clips of its machine ID (Q,)."""
        return self._per_id.score(_on_cpu(self._encode(test)), _ids(test))

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
