"""What is wrong with samples themselves: a dead microphone, a gain far too high.

Shapes: N clips, S samples.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FULL = 32767
HOLE = 0.1  # of the samples
FEWEST = 1000  # samples of holes: a short click of a clip has none
PIECE = 100  # samples of a hole: fewer are the same by chance, in what is nearly silent
STEPS = 4  # of 16 bits: what a converter makes of nothing moves over less
CLIPPED = 1e-3  # of the samples

SILENT = "silent: the samples are one constant"
A_HOLE = "a hole: a tenth of the samples or more are constant, in one piece or in several"
AT_THE_RAILS = "clipped: more than 0.1 % of the samples are at the rails"


def faults_of(samples: NDArray[np.int16]) -> list[str]:
    """What is wrong with these samples (S,)."""
    least, most = int(samples.min()), int(samples.max())
    if most - least <= STEPS:
        return [SILENT]
    if (most >= FULL or least <= -FULL) and clipped(samples[None])[0] > CLIPPED:
        return [AT_THE_RAILS]
    return [A_HOLE] if _constant(samples, max(FEWEST, int(HOLE * len(samples)))) else []


def _constant(samples: NDArray[np.int16], least: int) -> bool:
    """Whether so many samples or more lie in pieces that are constant."""
    some = samples[:: PIECE // 2]  # two of these are in each such piece
    if np.count_nonzero(some[1:] == some[:-1]) * PIECE < least:
        return False
    ends = np.flatnonzero(samples[1:] != samples[:-1])
    pieces = np.diff(ends, prepend=-1, append=len(samples) - 1)
    return bool(pieces[pieces >= PIECE].sum() >= least)


def clipped(samples_NS: NDArray[np.int16]) -> NDArray[np.float64]:
    """Which share of each clip's samples lies in runs of three or more at the rails (N,).

    A peak that just reaches them is no clipping.
    """
    at = (samples_NS >= FULL) | (samples_NS <= -FULL)
    if not at.any():
        return np.zeros(len(samples_NS))
    runs = at[:, :-2] & at[:, 1:-1] & at[:, 2:]
    found: NDArray[np.float64] = runs.mean(axis=1)
    return found
