"""The challenges' baseline autoencoder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import torch
from torch import nn

from asdbench import Clips, Context, Scope, added
from asdbench.training import autocast, upload

from ._dense import (
    DenseFields,
    error_maps,
    frames_of,
    squared_errors,
    trained,
    window_starts,
    windows,
)
from ._dense_nets import ErrorsNetwork, SelectiveNetwork
from ._normalise import by_domain
from ._references import MachineId
from ._selective import of_frames, of_mean, precision

CLIPS = 16  # at once, where all their errors are kept


@dataclass
class Autoencoder(DenseFields):
    """Dense autoencoder on five log-mel frames, scored by its reconstruction error.

    The DCASE 2020 Task 2 baseline (Koizumi et al.; keras_model.py of the organisers' code): dense
    128 x 4, bottleneck 8, dense 128 x 4, BatchNorm and ReLU after every layer but the output; MSE.
    One network a machine type.

    ``scoring`` "mahalanobis" is the selective Mahalanobis distance of the baseline of 2023 to 2026,
    as the organisers' code has it: of a clip's mean error. "mahalanobis-frames" is the mean of its
    frames' distances. Rows that differ in it share one training.
    """

    scope: ClassVar[Scope] = "machine"
    paper: ClassVar[str] = "https://arxiv.org/abs/2006.05822"
    code: ClassVar[str] = "https://github.com/y-kawagu/dcase2020_task2_baseline"
    bibtex: ClassVar[str] = """
        @inproceedings{koizumi2020description,
          author = {Koizumi, Yuma and Kawaguchi, Yohei and Imoto, Keisuke and Nakamura, Toshiki and
            Nikaido, Yuki and Tanabe, Ryo and Purohit, Harsh and Suefusa, Kaori and
            Endo, Takashi and Yasuda, Masahiro and Harada, Noboru},
          title = {Description and Discussion on {DCASE2020} Challenge Task2: Unsupervised Anomalous
            Sound Detection for Machine Condition Monitoring},
          booktitle = {Detection and Classification of Acoustic Scenes and Events Workshop (DCASE)},
          year = {2020}
        }
    """

    scoring: Literal["squared", "mahalanobis", "mahalanobis-frames"] = added("squared")

    def fit(self, train: Clips, context: Context) -> None:
        self.context_ = context
        self.network_ = trained(self.training(), train, context)
        if self.scoring != "squared":
            self.precisions_ = self._precisions(train)

    def score(self, test: Clips) -> np.ndarray:
        """The mean square of all values of a clip's windows, or what ``scoring`` says."""
        if self.scoring == "squared":
            return squared_errors(self.network_, self.training(), test, self.context_)
        distance = of_mean if self.scoring == "mahalanobis" else of_frames
        errors = self._errors(test)
        return np.concatenate([distance(piece_NEB, self.precisions_) for piece_NEB in errors])

    def explain(self, test: Clips) -> np.ndarray:
        """The squared error of each band and frame, the mean over windows: (N, B, T)."""
        return error_maps(self.network_, self.training(), test, self.context_)

    def as_network(self, ids: Sequence[MachineId]) -> nn.Module:
        """The score as a network; it is the same for all machine IDs."""
        network, training = self.network_, self.training()
        if self.scoring == "squared":
            return ErrorsNetwork(network, training, len(ids))
        of_mean = self.scoring == "mahalanobis"
        return SelectiveNetwork(network, training, len(ids), self.precisions_, of_mean=of_mean)

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
            frames_FB = frames_of(part, self.context_.device)
            starts = window_starts(len(part), part.frames, self.frames)
            with torch.inference_mode(), autocast(self.context_.numerics):
                x_ND = windows(frames_FB, upload(starts, self.context_.device), self.frames)
                error_ND = x_ND - self.network_(x_ND).float()
            yield error_ND.cpu().numpy().reshape(len(part), -1, part.bands)
