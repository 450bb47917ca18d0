"""Distances to training clips as networks, which can be exported.

All of it in float64: a distance is a small difference of what may be large.

Shapes: N clips, D embedding, R clips referred to, K components, I machine IDs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

Array = NDArray[np.float64]
Apart = Callable[[Tensor, Tensor], Tensor]  # (N, D), (R, D) -> (N, R)


def euclid(x_ND: Tensor, rows_RD: Tensor) -> Tensor:
    """Euclidean distances."""
    return (2 * half_squares(x_ND, rows_RD)).sqrt()


def half_squares(x_ND: Tensor, rows_RD: Tensor) -> Tensor:
    """Half of the squared distances."""
    squares_NR = x_ND.square().sum(dim=1, keepdim=True) + rows_RD.square().sum(dim=1)
    return (squares_NR / 2 - x_ND @ rows_RD.T).clamp(min=0)


def less_cosines(x_ND: Tensor, rows_RD: Tensor) -> Tensor:
    """1 less the products."""
    return 1 - x_ND @ rows_RD.T


class NearestNetwork(nn.Module):
    """The mean of the ``k`` smallest distances to rows (R, D), balanced by the rows' ``levels``.

    A distance is divided by its row's level (R,), or for ``reduced`` reduced by it.
    """

    def __init__(
        self,
        apart: Apart,
        rows: Array,
        k: int,
        levels: Array | None = None,
        *,
        reduced: bool = False,
    ) -> None:
        super().__init__()
        self.apart, self.k, self.reduced = apart, min(k, len(rows)), reduced
        self.rows: Tensor
        self.levels: Tensor | None
        self.register_buffer("rows", torch.from_numpy(rows))
        self.register_buffer("levels", None if levels is None else torch.from_numpy(levels))

    def forward(self, x_ND: Tensor) -> Tensor:
        """Return one distance a clip (N,)."""
        apart_NR = self.apart(x_ND, self.rows)
        if self.levels is not None:
            apart_NR = apart_NR - self.levels if self.reduced else apart_NR / self.levels
        if self.k == 1:
            return apart_NR.amin(dim=1)
        return apart_NR.topk(self.k, dim=1, largest=False).values.mean(dim=1)


class MixtureNetwork(nn.Module):
    """Minus the largest log density among Gaussians: means (K, D), whiteners (K, D, D)."""

    def __init__(self, means: Array, whiteners: Array) -> None:
        super().__init__()
        self.means: Tensor
        self.whiteners: Tensor
        self.peaks: Tensor
        diagonals_KD = np.diagonal(whiteners, axis1=1, axis2=2)
        peaks_K = np.log(diagonals_KD).sum(axis=1) - means.shape[1] * math.log(2 * math.pi) / 2
        self.register_buffer("means", torch.from_numpy(means[:, None]))
        self.register_buffer("whiteners", torch.from_numpy(whiteners))
        self.register_buffer("peaks", torch.from_numpy(peaks_K[:, None]))

    def forward(self, x_ND: Tensor) -> Tensor:
        """Return one distance a clip (N,)."""
        white_KND = (x_ND - self.means) @ self.whiteners
        return -(self.peaks - white_KND.square().sum(dim=2) / 2).amax(dim=0)


class MeanNetwork(nn.Module):
    """The distance to a mean (D,), by the lower Cholesky factor of a covariance (D, D)."""

    def __init__(self, mean: Array, lower: Array) -> None:
        super().__init__()
        self.mean: Tensor
        self.whitener: Tensor
        self.register_buffer("mean", torch.from_numpy(mean))
        self.register_buffer("whitener", torch.from_numpy(np.linalg.inv(lower).T.copy()))

    def forward(self, x_ND: Tensor) -> Tensor:
        """Return one distance a clip (N,)."""
        distance_N: Tensor = ((x_ND - self.mean) @ self.whitener).square().sum(dim=1).sqrt()
        return distance_N


class RelativeNetwork(nn.Module):
    """A distance in terms of what is usual among the ``k`` nearest rows (R, D): usual (R,).

    Divided by the mean of these, kept above ``least``, or for ``reduced`` reduced by it.
    """

    def __init__(
        self, plain: nn.Module, rows: Array, usual: Array, k: int, *, reduced: bool, least: float
    ) -> None:
        super().__init__()
        self.plain, self.k, self.reduced, self.least = plain, min(k, len(rows)), reduced, least
        self.rows: Tensor
        self.usual: Tensor
        self.register_buffer("rows", torch.from_numpy(rows))
        self.register_buffer("usual", torch.from_numpy(usual))

    def forward(self, x_ND: Tensor) -> Tensor:
        """Return one distance a clip (N,)."""
        near_NK = half_squares(x_ND, self.rows).topk(self.k, dim=1, largest=False).indices
        level_N = self.usual[near_NK].mean(dim=1)
        distance_N: Tensor = self.plain(x_ND)
        return distance_N - level_N if self.reduced else distance_N / level_N.clamp(min=self.least)


class SmallestNetwork(nn.Module):
    """The smallest of several distances, each less a mean and divided by a spread."""

    def __init__(self, parts: Sequence[nn.Module], scales: Sequence[tuple[float, float]]) -> None:
        super().__init__()
        self.parts, self.scales = nn.ModuleList(parts), list(scales)

    def forward(self, x_ND: Tensor) -> Tensor:
        """Return one distance a clip (N,)."""
        scaled = zip(self.parts, self.scales, strict=True)
        return torch.stack([(part(x_ND) - mean) / spread for part, (mean, spread) in scaled]).amin(
            0
        )


class ByIdNetwork(nn.Module):
    """Clips' embeddings, and their distances to the training clips of each of some machine IDs."""

    def __init__(self, embed: nn.Module, distances: Sequence[nn.Module], *, lengths: bool) -> None:
        super().__init__()
        self.embed, self.distances, self.lengths = embed, nn.ModuleList(distances), lengths

    def forward(self, waves_NS: Tensor, logmel_NBT: Tensor) -> Tensor:
        """Return one score for each machine ID (N, I)."""
        x_ND = self.embed(waves_NS, logmel_NBT).double()
        if not self.lengths:
            length_N1 = x_ND.square().sum(dim=1, keepdim=True).sqrt()
            x_ND = x_ND / length_N1.clamp(min=np.finfo(np.float64).tiny)
        return torch.stack([distance(x_ND) for distance in self.distances], dim=1)


class SumNetwork(nn.Module):
    """The sum of several networks' scores."""

    def __init__(self, parts: Sequence[nn.Module]) -> None:
        super().__init__()
        self.parts = nn.ModuleList(parts)

    def forward(self, waves_NS: Tensor, logmel_NBT: Tensor) -> Tensor:
        """Return one score for each machine ID (N, I)."""
        return torch.stack([part(waves_NS, logmel_NBT) for part in self.parts]).sum(dim=0)
