"""The challenge's baseline autoencoder."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from asdbench import Clips, Context, Scope, tunable
from asdbench.training import Recipe, in_batches, random_batches, train_network, upload

from ._fields import above_zero, at_least


@dataclass
class Autoencoder:
    """Dense autoencoder on five log-mel frames, scored by its reconstruction error.

    The DCASE 2020 Task 2 baseline (Koizumi et al.; keras_model.py of the organisers' code): dense
    128 x 4, bottleneck 8, dense 128 x 4, BatchNorm and ReLU after every layer but the output; MSE.
    One network a machine type.
    """

    scope: ClassVar[Scope] = "machine"

    frames: int = 5
    hidden: int = tunable(128, choices=(64, 128, 256))
    layers: int = 4
    bottleneck: int = tunable(8, low=2, high=64, log=True)
    epochs: int = 100
    batch: int = 512
    lr: float = tunable(1e-3, low=1e-4, high=1e-2, log=True)

    def __post_init__(self) -> None:
        at_least(1, frames=self.frames, hidden=self.hidden, layers=self.layers)
        at_least(1, bottleneck=self.bottleneck, epochs=self.epochs)
        at_least(2, batch=self.batch)  # BatchNorm
        above_zero(lr=self.lr)

    def fit(self, train: Clips, context: Context) -> None:
        torch.manual_seed(context.seed)
        self._numerics = context.numerics
        self.network_ = _dense(
            self.frames * train.bands, self.hidden, self.layers, self.bottleneck
        ).to(context.device)
        frames_FB = _frames(train, context.device)
        starts = _window_starts(len(train), train.frames, self.frames)

        def step(indices: Tensor, _: torch.Generator) -> dict[str, Tensor]:
            x_ND = _windows(frames_FB, upload(starts[indices], context.device), self.frames)
            return {"loss": nn.functional.mse_loss(self.network_(x_ND), x_ND)}

        train_network(
            self.network_,
            step,
            batches=random_batches(len(starts), self.batch),
            recipe=Recipe(epochs=self.epochs, lr=self.lr),
            context=context,
        )

    def score(self, test: Clips) -> np.ndarray:
        """The squared error, averaged over the values of a window and the windows of a clip."""
        device = self._numerics.device
        frames_FB = _frames(test, device)
        starts = _window_starts(len(test), test.frames, self.frames)

        def errors(indices: Tensor) -> Tensor:
            x_ND = _windows(frames_FB, upload(starts[indices], device), self.frames)
            error_N: Tensor = (self.network_(x_ND).float() - x_ND).square().mean(dim=1)
            return error_N

        errors_W = in_batches(errors, len(starts), batch=4096, numerics=self._numerics)
        return errors_W.view(len(test), -1).double().mean(dim=1).cpu().numpy()


def _dense(inputs: int, hidden: int, layers: int, bottleneck: int) -> nn.Sequential:
    widths = [inputs, *[hidden] * layers, bottleneck, *[hidden] * layers]
    network = nn.Sequential()
    for before, after in pairwise(widths):
        # Keras' BatchNorm defaults, in torch's terms.
        norm = nn.BatchNorm1d(after, eps=1e-3, momentum=0.01)
        network.extend([_glorot(nn.Linear(before, after)), norm, nn.ReLU()])
    return network.append(_glorot(nn.Linear(hidden, inputs)))


def _glorot(layer: nn.Linear) -> nn.Linear:
    nn.init.xavier_uniform_(layer.weight)  # Keras' default
    nn.init.zeros_(layer.bias)
    return layer


def _frames(clips: Clips, device: str) -> Tensor:
    """All clips' frames one after another, (N * T, B)."""
    frames_NTB = torch.empty((len(clips), clips.frames, clips.bands), device=device)
    done = 0
    for chunk_NBT in clips.logmel_chunks(device):
        frames_NTB[done : done + len(chunk_NBT)] = chunk_NBT.transpose(1, 2)
        done += len(chunk_NBT)
    return frames_NTB.view(-1, clips.bands)


def _window_starts(clips: int, frames: int, width: int) -> Tensor:
    """Where each window of ``width`` consecutive frames of one clip starts, stride 1."""
    if frames < width:
        raise ValueError(f"a clip has {frames} frames, fewer than a window's {width}")
    first = torch.arange(clips)[:, None] * frames
    return (first + torch.arange(frames - width + 1)).flatten()


def _windows(frames_FB: Tensor, starts_N: Tensor, width: int) -> Tensor:
    """Windows of consecutive frames, (N, width * B)."""
    offsets = torch.arange(width, device=frames_FB.device)
    at_NW = starts_N[:, None] + offsets
    return frames_FB.index_select(0, at_NW.flatten()).view(len(starts_N), -1)
