"""The dense network of the baseline autoencoder, on windows of log-mel frames, and its training.

It rebuilds a window's frames, or predicts the middle one from the others.

Shapes: N windows, D their values, F frames of all clips one after another, T frames a clip, B mel
bands, W frames a window.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from asdbench import Clips, Context, added, tunable
from asdbench.training import Recipe, in_batches, random_batches, train_network, upload

from ._fields import above_zero, at_least


@dataclass(frozen=True)
class DenseTraining:
    """All that the trained network depends on besides the clips, and so its key."""

    frames: int
    hidden: int
    layers: int
    bottleneck: int
    epochs: int
    batch: int
    lr: float
    middle: bool = added(False)  # whether it is the middle frame alone that is predicted

    def network(self, bands: int) -> nn.Sequential:
        """A network with its first weights."""
        outputs = bands if self.middle else self.frames * bands
        inputs = self.frames * bands - (bands if self.middle else 0)
        return _dense(inputs, self.hidden, self.layers, self.bottleneck, outputs)

    def split(self, x_ND: Tensor) -> tuple[Tensor, Tensor]:
        """What the network gets of windows, and what it is to give."""
        if not self.middle:
            return x_ND, x_ND
        bands = x_ND.shape[1] // self.frames
        before = self.frames // 2 * bands
        others = torch.cat([x_ND[:, :before], x_ND[:, before + bands :]], dim=1)
        return others, x_ND[:, before : before + bands]


@dataclass
class DenseFields:
    """The fields of the methods that train this network, one a machine type."""

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

    def training(self, *, middle: bool = False) -> DenseTraining:
        """What the trained network depends on."""
        return DenseTraining(
            self.frames,
            self.hidden,
            self.layers,
            self.bottleneck,
            self.epochs,
            self.batch,
            self.lr,
            middle,
        )


def trained(config: DenseTraining, train: Clips, context: Context) -> nn.Sequential:
    """The trained network, one and the same for rows that differ in their scores."""

    def train_it(config: DenseTraining, lent: Context) -> dict[str, Tensor]:
        # The seed that it had before it was a stage: scores keep their bytes.
        return train_dense(config, train, replace(lent, seed=context.seed))

    weights = context.stage("train", config, train_it)
    network = config.network(train.bands).to(context.device)
    network.load_state_dict(weights)
    return network.eval()


def squared_errors(
    network: nn.Module, config: DenseTraining, clips: Clips, context: Context
) -> NDArray[np.float64]:
    """The mean square of all errors of each clip's windows (N,)."""
    frames_FB = frames_of(clips, context.device)
    starts = window_starts(len(clips), clips.frames, config.frames)

    def errors(indices: Tensor) -> Tensor:
        x_ND = windows(frames_FB, upload(starts[indices], context.device), config.frames)
        given_ND, wanted_ND = config.split(x_ND)
        error_N: Tensor = (network(given_ND).float() - wanted_ND).square().mean(dim=1)
        return error_N

    errors_W = in_batches(errors, len(starts), batch=4096, numerics=context.numerics)
    return errors_W.view(len(clips), -1).double().mean(dim=1).cpu().numpy()


def error_maps(
    network: nn.Module, config: DenseTraining, clips: Clips, context: Context
) -> NDArray[np.float64]:
    """The squared error of each band and frame of each clip (N, B, T).

    A frame that several windows predict has the mean of their errors; one that none does has 0.
    """
    frames_FB = frames_of(clips, context.device)
    starts = window_starts(len(clips), clips.frames, config.frames)

    def errors(indices: Tensor) -> Tensor:
        x_ND = windows(frames_FB, upload(starts[indices], context.device), config.frames)
        given_ND, wanted_ND = config.split(x_ND)
        error_ND: Tensor = (network(given_ND).float() - wanted_ND).square()
        return error_ND

    errors_WD = in_batches(errors, len(starts), batch=4096, numerics=context.numerics).cpu()
    first = config.frames // 2 if config.middle else 0
    predicted = errors_WD.view(len(starts), -1, clips.bands).double()  # (W, frames, B)
    total_FB = torch.zeros(len(clips) * clips.frames, clips.bands, dtype=torch.float64)
    times_F1 = torch.zeros(len(total_FB), 1, dtype=torch.float64)
    for place in range(predicted.shape[1]):
        rows_W = starts + first + place
        total_FB.index_add_(0, rows_W, predicted[:, place])
        times_F1.index_add_(0, rows_W, torch.ones(len(starts), 1, dtype=torch.float64))
    mean_FB = total_FB / times_F1.clamp(min=1)
    return mean_FB.view(len(clips), clips.frames, clips.bands).transpose(1, 2).numpy()


def train_dense(config: DenseTraining, train: Clips, context: Context) -> dict[str, Tensor]:
    """Train from scratch; the weights of the last epoch."""
    torch.manual_seed(context.seed)
    network = config.network(train.bands).to(context.device)
    frames_FB = frames_of(train, context.device)
    starts = window_starts(len(train), train.frames, config.frames)

    def step(indices: Tensor, _: torch.Generator) -> dict[str, Tensor]:
        x_ND = windows(frames_FB, upload(starts[indices], context.device), config.frames)
        given_ND, wanted_ND = config.split(x_ND)
        return {"loss": nn.functional.mse_loss(network(given_ND), wanted_ND)}

    train_network(
        network,
        step,
        batches=random_batches(len(starts), config.batch),
        recipe=Recipe(epochs=config.epochs, lr=config.lr),
        context=context,
    )
    return network.state_dict()


def _dense(inputs: int, hidden: int, layers: int, bottleneck: int, outputs: int) -> nn.Sequential:
    widths = [inputs, *[hidden] * layers, bottleneck, *[hidden] * layers]
    network = nn.Sequential()
    for before, after in pairwise(widths):
        # Keras' BatchNorm defaults, in torch's terms.
        norm = nn.BatchNorm1d(after, eps=1e-3, momentum=0.01)
        network.extend([_glorot(nn.Linear(before, after)), norm, nn.ReLU()])
    return network.append(_glorot(nn.Linear(hidden, outputs)))


def _glorot(layer: nn.Linear) -> nn.Linear:
    nn.init.xavier_uniform_(layer.weight)  # Keras' default
    nn.init.zeros_(layer.bias)
    return layer


def frames_of(clips: Clips, device: str) -> Tensor:
    """All clips' frames one after another, (N * T, B)."""
    frames_NTB = torch.empty((len(clips), clips.frames, clips.bands), device=device)
    done = 0
    for chunk_NBT in clips.logmel_chunks(device):
        frames_NTB[done : done + len(chunk_NBT)] = chunk_NBT.transpose(1, 2)
        done += len(chunk_NBT)
    return frames_NTB.view(-1, clips.bands)


def window_starts(clips: int, frames: int, width: int) -> Tensor:
    """Where each window of ``width`` consecutive frames of one clip starts, stride 1."""
    if frames < width:
        raise ValueError(f"a clip has {frames} frames, fewer than a window's {width}")
    first = torch.arange(clips)[:, None] * frames
    return (first + torch.arange(frames - width + 1)).flatten()


def windows(frames_FB: Tensor, starts_N: Tensor, width: int) -> Tensor:
    """Windows of consecutive frames, (N, width * B)."""
    offsets = torch.arange(width, device=frames_FB.device)
    at_NW = starts_N[:, None] + offsets
    return frames_FB.index_select(0, at_NW.flatten()).view(len(starts_N), -1)
