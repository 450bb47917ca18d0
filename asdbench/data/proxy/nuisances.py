"""Nuisances: what differs between two recordings of a healthy machine, and must not alarm."""

from __future__ import annotations

import numpy as np

from asdbench.config.imports import imported
from asdbench.data.proxy.loops import closed
from asdbench.data.synthetic.physics import Signal, amplitude, rms

_GAIN_DB = 2.0
_REMIX_DB = 3.0
_WINDOW_SECONDS = 0.064
_NEIGHBOURS = (17, 5)  # bins and frames that a power is averaged over: 270 Hz, 160 ms
_BACKGROUND_PERCENTILE = 30.0
_LINE_BINS = 33  # 500 Hz: more than a line takes up


def nuisances(wave: Signal, rate: int, rng: np.random.Generator) -> Signal:
    """The clip as recorded at another moment: begun elsewhere, in another background, at +-2 dB."""
    start, remix_db, gain_db = rng.random(), rng.uniform(-1, 1), rng.uniform(-1, 1)
    moved = np.roll(closed(wave, rate), int(start * len(wave)))
    return amplitude(_GAIN_DB * gain_db) * remixed(moved, rate, _REMIX_DB * remix_db)


def remixed(wave: Signal, rate: int, decibels: float) -> Signal:
    """The clip with its steady background up or down by so many dB, as loud as before.

    The background is what is always there at every frequency: a low percentile of the power over
    time, then over neighbouring frequencies, so that neither events nor lines belong to it. Each
    bin's gain changes its expected power by the background's change and is at most `decibels`, so
    that nothing is gated. Being an estimate, and a low one, it moves by some four fifths of
    `decibels` against the rest. A clip that is all background stays as it is.
    """
    filters, signal = imported("scipy.ndimage"), imported("scipy.signal")
    samples = max(4, min(round(_WINDOW_SECONDS * rate), len(wave)))
    window = signal.windows.hann(samples, sym=False)
    transform = signal.ShortTimeFFT(window, hop=samples // 2, fs=rate)
    spectra = transform.stft(wave, padding="even")
    power = filters.uniform_filter(np.square(np.abs(spectra)), _NEIGHBOURS, mode="nearest")
    power = np.maximum(power, 1e-30)  # its running sums may round to below 0
    floor = np.percentile(power, _BACKGROUND_PERCENTILE, axis=1)
    floor = filters.percentile_filter(floor, _BACKGROUND_PERCENTILE, _LINE_BINS, mode="nearest")
    share = np.minimum(1.0, floor[:, None] / power)
    gain = np.sqrt(1 + share * (amplitude(2 * decibels) - 1))
    changed = np.asarray(transform.istft(spectra * gain, k1=len(wave)))
    loud = rms(changed)
    return changed * (rms(wave) / loud) if loud > 0.0 else wave
