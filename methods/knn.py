"""Nearest neighbours in the statistics of the log-mel: the floor for every trained method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import torch

from asdbench import Clips, Context, Scope, added, tunable

from ._fields import at_least
from ._scoring import MachineId, Neighbours, PerId


@dataclass
class KNN:
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

    k: int = tunable(1, low=1, high=16)
    domains: Literal["together", "apart"] = added("together")
    density: int = added(0)

    def __post_init__(self) -> None:
        at_least(1, k=self.k)
        at_least(0, density=self.density)

    def fit(self, train: Clips, context: Context) -> None:
        self._device = context.device
        features = _statistics(train, self._device)
        self.mean_ = features.mean(axis=0)
        self.deviation_ = features.std(axis=0).clip(min=1e-6)
        self.features_ = (features - self.mean_) / self.deviation_
        self._nearest = PerId(
            Neighbours(self.k, exact=True),
            apart=self.domains == "apart",
            density=self.density,
            directions=False,
        ).fit(self.features_, _ids(train), [clip.domain for clip in train])

    def score(self, test: Clips) -> np.ndarray:
        """The mean distance to the k nearest training clips of the clip's ID, balanced if asked."""
        features = (_statistics(test, self._device) - self.mean_) / self.deviation_
        return self._nearest.score(features, _ids(test))

    def train_scores(self, train: Clips) -> np.ndarray:
        """Leave-one-out scores of the clips that it was fitted to, in the same order."""
        if len(train) != len(self.features_):
            raise ValueError(f"fitted to {len(self.features_)} clips, and asked about {len(train)}")
        return self._nearest.train_scores()


def _ids(clips: Clips) -> list[MachineId]:
    return [(clip.machine, clip.id) for clip in clips]


def _statistics(clips: Clips, device: str) -> np.ndarray:
    """Mean and standard deviation over time of each band, (N, 2 B) float64."""
    found = []
    for chunk_NBT in clips.logmel_chunks(device):
        mel_NBT = chunk_NBT.double()
        found.append(torch.cat([mel_NBT.mean(dim=2), mel_NBT.std(dim=2)], dim=1))
    return torch.cat(found).cpu().numpy()
