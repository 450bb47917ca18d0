"""The challenges' baseline autoencoder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

import numpy as np
import torch
from torch import Tensor

from asdbench import Clips, Context, Scope, added, tunable
from asdbench.training import autocast, in_batches, upload

from ._dense import DenseTraining, frames_of, train_dense, window_starts, windows
from ._fields import above_zero, at_least
from ._normalise import by_domain
from ._selective import of_frames, of_mean, precision

CLIPS = 16  # at once, where all their errors are kept


@dataclass
class Autoencoder:
    """Dense autoencoder on five log-mel frames, scored by its reconstruction error.

    The DCASE 2020 Task 2 baseline (Koizumi et al.; keras_model.py of the organisers' code): dense
    128 x 4, bottleneck 8, dense 128 x 4, BatchNorm and ReLU after every layer but the output; MSE.
    One network a machine type.

    ``scoring`` "mahalanobis" is the selective Mahalanobis distance of the baseline of 2023 to 2026,
    as the organisers' code has it: of a clip's mean error. "mahalanobis-frames" is the mean of its
    frames' distances. Rows that differ in it share one training.
    """

    scope: ClassVar[Scope] = "machine"

    frames: int = 5
    hidden: int = tunable(128, choices=(64, 128, 256))
    layers: int = 4
    bottleneck: int = tunable(8, low=2, high=64, log=True)
    epochs: int = 100
    batch: int = 512
    lr: float = tunable(1e-3, low=1e-4, high=1e-2, log=True)
    scoring: Literal["squared", "mahalanobis", "mahalanobis-frames"] = added("squared")

    def __post_init__(self) -> None:
        at_least(1, frames=self.frames, hidden=self.hidden, layers=self.layers)
        at_least(1, bottleneck=self.bottleneck, epochs=self.epochs)
        at_least(2, batch=self.batch)  # BatchNorm
        above_zero(lr=self.lr)

    def fit(self, train: Clips, context: Context) -> None:
        config = DenseTraining(
            self.frames,
            self.hidden,
            self.layers,
            self.bottleneck,
            self.epochs,
            self.batch,
            self.lr,
        )
        self._numerics = context.numerics

        def train_it(config: DenseTraining, lent: Context) -> dict[str, Tensor]:
            # The seed that it had before it was a stage: scores keep their bytes.
            return train_dense(config, train, replace(lent, seed=context.seed))

        weights = context.stage("train", config, train_it)
        self.network_ = config.network(train.bands).to(context.device)
        self.network_.load_state_dict(weights)
        self.network_.eval()
        if self.scoring != "squared":
            self.precisions_ = self._precisions(train)

    def score(self, test: Clips) -> np.ndarray:
        """The mean square of all values of a clip's windows, or what ``scoring`` says."""
        if self.scoring == "squared":
            return self._squared(test)
        distance = of_mean if self.scoring == "mahalanobis" else of_frames
        errors = self._errors(test)
        return np.concatenate([distance(piece_NEB, self.precisions_) for piece_NEB in errors])

    def _squared(self, test: Clips) -> np.ndarray:
        device = self._numerics.device
        frames_FB = frames_of(test, device)
        starts = window_starts(len(test), test.frames, self.frames)

        def errors(indices: Tensor) -> Tensor:
            x_ND = windows(frames_FB, upload(starts[indices], device), self.frames)
            error_N: Tensor = (self.network_(x_ND).float() - x_ND).square().mean(dim=1)
            return error_N

        errors_W = in_batches(errors, len(starts), batch=4096, numerics=self._numerics)
        return errors_W.view(len(test), -1).double().mean(dim=1).cpu().numpy()

    def _precisions(self, train: Clips) -> np.ndarray:
        """The inverse covariance of each domain's errors, (K, B, B)."""
        parts = [train.pick(rows) for rows in by_domain([clip.domain for clip in train])]
        pieces = (
            (piece_NEB.reshape(-1, train.bands) for piece_NEB in self._errors(part))
            for part in parts
        )
        return np.stack([precision(errors) for errors in pieces])

    def _errors(self, clips: Clips) -> Iterator[np.ndarray]:
        """Input less output of every frame of every window, a few clips at a time (N, E, B)."""
        for first in range(0, len(clips), CLIPS):
            part = clips.pick(range(first, min(first + CLIPS, len(clips))))
            frames_FB = frames_of(part, self._numerics.device)
            starts = window_starts(len(part), part.frames, self.frames)
            with torch.inference_mode(), autocast(self._numerics):
                x_ND = windows(frames_FB, upload(starts, self._numerics.device), self.frames)
                error_ND = x_ND - self.network_(x_ND).float()
            yield error_ND.cpu().numpy().reshape(len(part), -1, part.bands)
