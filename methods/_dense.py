"""The dense network of the baseline autoencoder, on windows of log-mel frames, and its training.

Shapes: N windows, D their values, F frames of all clips one after another, T frames a clip, B mel
bands, W frames a window.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from asdbench import Clips, Context
from asdbench.training import Recipe, random_batches, train_network, upload


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

    def network(self, bands: int) -> nn.Sequential:
        """A network with its first weights."""
        return _dense(self.frames * bands, self.hidden, self.layers, self.bottleneck)


def train_dense(config: DenseTraining, train: Clips, context: Context) -> dict[str, Tensor]:
    """Train from scratch; the weights of the last epoch."""
    torch.manual_seed(context.seed)
    network = config.network(train.bands).to(context.device)
    frames_FB = frames_of(train, context.device)
    starts = window_starts(len(train), train.frames, config.frames)

    def step(indices: Tensor, _: torch.Generator) -> dict[str, Tensor]:
        x_ND = windows(frames_FB, upload(starts[indices], context.device), config.frames)
        return {"loss": nn.functional.mse_loss(network(x_ND), x_ND)}

    train_network(
        network,
        step,
        batches=random_batches(len(starts), config.batch),
        recipe=Recipe(epochs=config.epochs, lr=config.lr),
        context=context,
    )
    return network.state_dict()


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
