"""What is wrong with a recording, so that its score can't be taken as it is.

Shapes: N clips, S samples, B mel bands.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from asdbench.data.clips import Clips
from asdbench.data.decode import Samples
from asdbench.data.faults import CLIPPED, clipped
from asdbench.detector.description import Reference

Array = NDArray[np.float64]
SILENT = 2.0  # steps of 16 bits: what a converter makes of nothing is less
QUIETER = 30.0  # dB below the quietest training clip
LEAST_SPREAD = 1.0  # dB; of few or equal training clips less would say nothing
FAR = 3.0  # times the farthest training clip
NEAREST = 4.0  # what is never far

DEAD = (
    "silent: there is no sound to score; the microphone is dead, muted or unplugged, its gain far "
    "too low, or the recording too short"
)
PARTS, GONE = 20, 0.1  # of a clip; which share of them may be silent


def loudness(samples_NS: Samples) -> tuple[NDArray[np.bool_], Array]:
    """Whether each clip is silent, a constant or the last bit's noise, and its level in dB (N,).

    Decibels of full scale; digital silence is -120.
    """
    x_NS = samples_NS.astype(np.float32)
    power_N = np.einsum("ns,ns->n", x_NS, x_NS).astype(np.float64) / x_NS.shape[1]
    variance_N = power_N - x_NS.mean(axis=1, dtype=np.float64) ** 2
    level_N: Array = 10 * np.log10(np.maximum(power_N / 2.0**30, 1e-12))
    return variance_N < SILENT**2, level_N


def spectra(clips: Clips, device: str = "cpu") -> Array:
    """Each clip's mean log-mel over time (N, B)."""
    found: Array = clips.logmel(device=device).mean(dim=2).double().cpu().numpy()
    return found


def reference(spectra_NB: Array, levels_N: Array, examples: Sequence[str] = ()) -> Reference:
    """What training clips sound like."""
    mean_B = spectra_NB.mean(axis=0)
    spread_B = np.maximum(spectra_NB.std(axis=0), LEAST_SPREAD)
    farthest = _distances(spectra_NB, mean_B, spread_B).max()
    return Reference(
        spectrum=[round(float(value), 3) for value in mean_B],
        spread=[round(float(value), 3) for value in spread_B],
        farthest=float(farthest),
        quietest=float(levels_N.min()),
        loudest=float(levels_N.max()),
        examples=tuple(examples),
    )


def warnings_of(
    samples_NS: Samples,
    levels_N: Array,
    spectra_NB: Array | None,
    known: Reference | None,
) -> list[list[str]]:
    """What is wrong with each clip: clipped, far too quiet, or of a strange spectrum."""
    found: list[list[str]] = [[] for _ in samples_NS]
    for place, share in enumerate(clipped(samples_NS)):
        if share > CLIPPED:
            found[place].append(f"clipped: {100 * share:.2g} % of the samples are at the rails")
    for place, share in enumerate(_gone(samples_NS)):
        if share > GONE:
            found[place].append(f"partly silent: {100 * share:.0f} % of the clip has no sound")
    if known is None:
        return found
    for place, level in enumerate(levels_N):
        if level < known.quietest - QUIETER:
            found[place].append(
                f"quiet: {level:.0f} dB of full scale, training clips have {known.quietest:.0f} "
                f"to {known.loudest:.0f}"
            )
    if spectra_NB is not None:
        far = max(FAR * known.farthest, NEAREST)
        centre, spread = np.array(known.spectrum), np.array(known.spread)
        for place, distance in enumerate(_distances(spectra_NB, centre, spread)):
            if distance > far:
                found[place].append(
                    f"strange spectrum: {distance:.1f} deviations from the training clips, the "
                    f"farthest of which has {known.farthest:.1f}; another machine, microphone, "
                    "gain or place, or a very loud fault"
                )
    return found


def _gone(samples_NS: Samples) -> Array:
    """Which share of each clip's twentieths holds nothing but a constant (N,)."""
    clips, samples = samples_NS.shape
    parts_NPS = samples_NS[:, : samples - samples % PARTS].reshape(clips, PARTS, -1)
    width_NP = parts_NPS.max(axis=2).astype(int) - parts_NPS.min(axis=2)
    found: Array = (width_NP <= SILENT).mean(axis=1)
    return found


def _distances(spectra_NB: Array, mean_B: Array, spread_B: Array) -> Array:
    found: Array = np.sqrt(np.square((spectra_NB - mean_B) / spread_B).mean(axis=1))
    return found
