"""Pooling: what is left of a log-mel, or of any map over time, when time is taken out of it.

Shapes: N clips, B bands, T frames.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from asdbench import Clips

Pooling = Callable[[Tensor], Tensor]  # (N, B, T) -> (N, B)


def mean(x_NBT: Tensor) -> Tensor:
    """The mean over time."""
    return x_NBT.mean(dim=2)


def deviation(x_NBT: Tensor) -> Tensor:
    """The standard deviation over time, with T - 1."""
    return x_NBT.std(dim=2)


def ranked(r: float) -> Pooling:
    """Frames in falling order within each band, the nth weighted by r^n, the weights' sum 1.

    ``r`` = 1 is the mean, 0 the maximum. Source: Guan et al., "Time-weighted frequency domain audio
    representation with GMM estimator for anomalous sound detection", ICASSP 2023, eq. 1 and 2.
    """

    def pooling(x_NBT: Tensor) -> Tensor:
        frames = x_NBT.shape[2]
        weight_T = r ** torch.arange(frames, dtype=x_NBT.dtype, device=x_NBT.device)
        return x_NBT.sort(dim=2, descending=True).values @ (weight_T / weight_T.sum())

    return pooling


def pooled_logmel(clips: Clips, device: str, *poolings: Pooling) -> NDArray[np.float64]:
    """Each pooling of each clip's log-mel, one after another: (N, poolings x B) in float64."""
    found = []
    for chunk_NBT in clips.logmel_chunks(device):
        mel_NBT = chunk_NBT.double()
        found.append(torch.cat([pooling(mel_NBT) for pooling in poolings], dim=1))
    return torch.cat(found).cpu().numpy()


class PoolingNetwork(nn.Module):
    """Each pooling of clips' log-mel, less a mean and divided by a deviation (poolings x B)."""

    def __init__(
        self,
        *poolings: Pooling,
        mean: NDArray[np.float64] | None = None,
        deviation: NDArray[np.float64] | None = None,
    ) -> None:
        super().__init__()
        self.poolings = poolings
        self.mean: Tensor
        self.deviation: Tensor
        self.register_buffer("mean", torch.from_numpy(np.zeros(1) if mean is None else mean))
        spread = np.ones(1) if deviation is None else deviation
        self.register_buffer("deviation", torch.from_numpy(spread))

    def forward(self, waves_NS: Tensor, logmel_NBT: Tensor) -> Tensor:
        """Return the pooled log-mel (N, poolings x B) in float64."""
        mel_NBT = logmel_NBT.double()
        pooled = torch.cat([pooling(mel_NBT) for pooling in self.poolings], dim=1)
        return (pooled - self.mean) / self.deviation
