"""Nearest neighbours in the statistics of the log-mel: the floor for every trained method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from torch import nn

from asdbench import Clips, Context, Scope, added, tunable

from ._fields import at_least
from ._memory import ByScorer, TrainingMemory
from ._normalise import Array
from ._pooling import PoolingNetwork, deviation, mean, pooled_logmel
from ._scoring import Scoring


@dataclass
class KNN(ByScorer):
    """Distance to the nearest training clip of the same ID in log-mel mean and deviation.

    No training: each mel band's mean and standard deviation over time, z-scored by the machine
    type's training clips; Euclidean; mean over the ``k`` nearest. An ID without training clips is
    compared to those of all IDs of its machine type. The harness's own floor, no peer's system.
    ``density`` divides a distance by the mean distance of the training clip to its own nearest
    ones, so many of them; ``domains`` "apart" takes the smaller of the standardised distances to
    each domain.
    """

    scope: ClassVar[Scope] = "machine"
    deterministic: ClassVar[bool] = True

    k: int = tunable(1, low=1, high=16, counts_clips=True)
    domains: Literal["together", "apart"] = added("together")
    density: int = added(0)

    def __post_init__(self) -> None:
        at_least(1, k=self.k)
        at_least(0, density=self.density)

    @property
    def scoring(self) -> Scoring:  # type: ignore[override]
        """Its scorer and normaliser, in the terms of other methods."""
        return Scoring(
            by="neighbours", neighbours=self.k, domains=self.domains, density=self.density
        )

    def fit(self, train: Clips, context: Context) -> None:
        raw = _statistics(train, context.device)
        mean = raw.mean(axis=0)
        deviation = raw.std(axis=0).clip(min=1e-6)
        encode = _Standardised(context, mean, deviation)
        memory = TrainingMemory(self.scoring, encode, context, lengths=True)
        self.scorer_ = memory.fit(train, embeddings_ND=(raw - mean) / deviation)


@dataclass(frozen=True)
class _Standardised:
    """The statistics of clips in terms of the training clips' mean and deviation."""

    context: Context
    mean: Array
    deviation: Array

    def __call__(self, clips: Clips) -> Array:
        found: Array = (_statistics(clips, self.context.device) - self.mean) / self.deviation
        return found

    def as_network(self) -> nn.Module:
        return PoolingNetwork(mean, deviation, mean=self.mean, deviation=self.deviation)


def _statistics(clips: Clips, device: str) -> Array:
    """Mean and standard deviation over time of each band, (N, 2 B) float64."""
    return pooled_logmel(clips, device, mean, deviation)
