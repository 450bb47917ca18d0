"""A log-mel as a small picture without axes: the page draws these, in light and in dark.

Shapes: B mel bands, T frames.
"""

from __future__ import annotations

import io
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from asdbench.config.imports import imported

COLOURS = "magma"  # equal steps to the eye, also without colours
QUALITY = 82
WIDEST = 1600  # frames; of longer clips, several are one
Logmel = NDArray[np.float32]


def levels(clips: Iterable[Logmel]) -> tuple[float, float]:
    """The dB that are darkest and brightest in the pictures of some clips: one scale for all."""
    values = np.concatenate([x_BT.ravel() for x_BT in clips])
    low, high = np.quantile(values, [0.02, 0.999])
    return float(low), float(max(high, low + 1))


def image(logmel_BT: Logmel, scale: tuple[float, float]) -> bytes:
    """The log-mel as WebP, low bands below, a pixel a band and frame."""
    frames = logmel_BT.shape[1]
    if frames > WIDEST:
        starts = np.arange(0, frames, -(-frames // WIDEST))
        logmel_BT = np.maximum.reduceat(logmel_BT, starts, axis=1)
    low, high = scale
    written = io.BytesIO()
    imported("matplotlib.image").imsave(
        written,
        logmel_BT,
        vmin=low,
        vmax=high,
        cmap=COLOURS,
        origin="lower",
        format="webp",
        pil_kwargs={"quality": QUALITY, "method": 4},
    )
    return written.getvalue()
