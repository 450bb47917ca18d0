"""Power spectra by matrix products: for networks that are exported to where there is no good FFT.

ONNX Runtime's own transform of a clip is off by a thousandth, and takes twenty times as long.

Shapes: N clips, S samples, T frames, W samples a frame, F = W // 2 + 1 frequencies.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

LARGEST = 4096  # of the two factors; a product with more is neither small nor fast


class PowerSpectrum(nn.Module):
    """The power |X|^2 (..., F) in float64 of the Fourier transform of real frames (..., W).

    In two steps, W = A x B, of A and B points each: Cooley and Tukey, "An algorithm for the machine
    calculation of complex Fourier series", 1965. Of the first step's results, real input makes one
    half the mirror image of the other, which is left out. Raises ``ValueError`` for a W that has no
    factors, so that it would have to be done in one step, where that is too large.

    ``order`` are the places of the F frequencies in ``scattered``, which are as they come.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.rows = next(n for n in range(math.isqrt(width), 0, -1) if width % n == 0)  # A
        self.columns = width // self.rows  # B
        if self.columns > LARGEST:
            raise ValueError(
                f"{width} samples have no factors below {LARGEST}, so that their Fourier transform "
                "can't be done by matrix products; use clips that are a little shorter"
            )
        self.kept = self.rows // 2 + 1  # of A
        once = np.arange(self.columns)
        first = _turns(np.arange(self.rows), np.arange(self.kept), self.rows)
        turn, second = _turns(once, np.arange(self.kept), width), _turns(once, once, self.columns)
        self.first: Tensor
        self.turn: Tensor
        self.second: Tensor
        self.order: Tensor
        both = np.block([[second.real, second.imag], [-second.imag, second.real]])
        self.register_buffer("first", torch.from_numpy(np.hstack([first.real, first.imag])))
        self.register_buffer("turn", torch.from_numpy(np.stack([turn.real, turn.imag])))
        self.register_buffer("second", torch.from_numpy(both))
        found = np.arange(self.kept)[:, None] + self.rows * once
        frequency = np.minimum(found, width - found).ravel()
        self.register_buffer("order", torch.from_numpy(np.unique(frequency, return_index=True)[1]))

    def forward(self, frames: Tensor) -> Tensor:
        """Return the power of each frequency (..., F)."""
        return self.scattered(frames).index_select(-1, self.order)

    def scattered(self, frames: Tensor) -> Tensor:
        """The same in another order, in which some frequencies are there twice."""
        x_AB = frames.double().reshape(*frames.shape[:-1], self.rows, self.columns)
        real_BA, imaginary_BA = (x_AB.transpose(-1, -2) @ self.first).chunk(2, dim=-1)
        turned_B2A = torch.cat(
            [
                real_BA * self.turn[0] - imaginary_BA * self.turn[1],
                real_BA * self.turn[1] + imaginary_BA * self.turn[0],
            ],
            dim=-2,
        )
        both_A2B = turned_B2A.transpose(-1, -2) @ self.second
        real_AB, imaginary_AB = both_A2B.square().chunk(2, dim=-1)
        return (real_AB + imaginary_AB).flatten(-2)


def framed(x_NS: Tensor, width: int, hop: int) -> Tensor:
    """Frames (N, T, W) that begin ``hop`` samples apart, as many as fit.

    Put together from blocks that all frames are made of, since a general gather is large.
    """
    block = math.gcd(width, hop)
    frames, step = (x_NS.shape[1] - width) // hop + 1, hop // block
    whole = x_NS.shape[1] // block
    # Not len(x_NS), which an exporter would take for a constant.
    blocks_NLG = x_NS[:, : whole * block].reshape(x_NS.shape[0], whole, block)
    last = (frames - 1) * step + 1
    parts = [blocks_NLG[:, place : place + last : step] for place in range(width // block)]
    return torch.cat(parts, dim=2)


def _turns(x: NDArray[np.int64], y: NDArray[np.int64], points: int) -> NDArray[np.complex128]:
    found: NDArray[np.complex128] = np.exp(-2j * np.pi * np.outer(x, y) / points)
    return found
