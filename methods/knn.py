"""Nearest neighbours in the statistics of the log-mel: the floor for every trained method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch

from asdbench import Clips, Context, Scope, tunable

from ._fields import at_least


@dataclass
class KNN:
    """Distance to the nearest training clip of the same ID in log-mel mean and deviation.

    No training: each mel band's mean and standard deviation over time, z-scored by the machine
    type's training clips; Euclidean; mean over the ``k`` nearest. An ID without training clips is
    compared to those of all IDs of its machine type. The harness's own floor, no peer's system.
    """

    scope: ClassVar[Scope] = "machine"
    deterministic: ClassVar[bool] = True

    k: int = tunable(1, low=1, high=16)

    def __post_init__(self) -> None:
        at_least(1, k=self.k)

    def fit(self, train: Clips, context: Context) -> None:
        self._device = context.device
        features = _statistics(train, self._device)
        self.mean_ = features.mean(axis=0)
        self.deviation_ = features.std(axis=0).clip(min=1e-6)
        self.features_ = (features - self.mean_) / self.deviation_
        self._ids = np.array([clip.id for clip in train])

    def score(self, test: Clips) -> np.ndarray:
        """The mean distance to the k nearest training clips of the clip's ID."""
        features = (_statistics(test, self._device) - self.mean_) / self.deviation_
        scores = np.empty(len(test))
        ids = np.array([clip.id for clip in test])
        for machine_id in np.unique(ids):
            here = ids == machine_id
            known = self._ids == machine_id
            references = self.features_[known] if known.any() else self.features_
            distances = torch.cdist(
                torch.from_numpy(features[here]),
                torch.from_numpy(references),
                compute_mode="donot_use_mm_for_euclid_dist",
            ).numpy()
            scores[here] = np.sort(distances, axis=1)[:, : self.k].mean(axis=1)
        return scores


def _statistics(clips: Clips, device: str) -> np.ndarray:
    """Mean and standard deviation over time of each band, (N, 2 B) float64."""
    found = []
    for chunk_NBT in clips.logmel_chunks(device):
        mel_NBT = chunk_NBT.double()
        found.append(torch.cat([mel_NBT.mean(dim=2), mel_NBT.std(dim=2)], dim=1))
    return torch.cat(found).cpu().numpy()
