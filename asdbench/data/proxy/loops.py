"""A clip as a loop: closed without a click, so that filters and shifts have no ends to mind.

Waves are float64, (S,), at any rate in Hz; spectra are those of a whole clip.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from asdbench.data.synthetic.physics import Signal

Spectrum = NDArray[np.complex128]

_SEAM_SECONDS = 0.01
_BLEND_HERTZ = 15.0
_USABLE = 0.45  # of the rate: above it, recordings fade into their anti-aliasing filter


def closed(wave: Signal, rate: int) -> Signal:
    """The clip with its end running into its start.

    Over 10 ms on either side of the seam it blends, at equal power, into its own mirror image
    there; no sample is lost.
    """
    samples = min(round(_SEAM_SECONDS * rate), len(wave) // 2)
    angle = np.pi / 4 * (1 - (np.arange(samples) + 0.5) / max(samples, 1))
    head, tail = wave[:samples], wave[::-1][:samples]
    out = wave.copy()
    out[:samples] = np.cos(angle) * head + np.sin(angle) * tail
    out[::-1][:samples] = np.cos(angle) * tail + np.sin(angle) * head
    return out


def frequencies(wave: Signal, rate: int) -> Signal:
    """Of the bins of the clip's spectrum, in Hz."""
    return np.fft.rfftfreq(len(wave), 1 / rate).astype(np.float64)


def filtered(wave: Signal, response: Spectrum) -> Signal:
    """The loop through a filter with this response at `frequencies`."""
    return np.fft.irfft(np.fft.rfft(wave) * response, len(wave))


def rearranged(
    spectrum: Spectrum, below: NDArray[np.int64], above: NDArray[np.int64], beyond: Signal
) -> Spectrum:
    """A spectrum from another's bins: one choice of them below an edge, another above.

    ``beyond`` is how far each new bin is from its edge, in Hz. Around it the two blend at equal
    power: a hard edge rings through a machine's pauses, but where both are heard, they beat.
    """
    angle = np.pi / 2 * np.clip(beyond / _BLEND_HERTZ + 0.5, 0.0, 1.0)
    lower, upper = (np.take(spectrum, bins, mode="clip") for bins in (below, above))
    return np.where(below == above, lower, np.cos(angle) * lower + np.sin(angle) * upper)


def octaves_from(hertz: Signal, centre: float) -> Signal:
    """How far each frequency is from the centre, in octaves; 0 Hz is infinitely far below."""
    with np.errstate(divide="ignore"):
        return np.log2(hertz / centre)


def power_within(wave: Signal, rate: int, centre: float, octaves: float) -> float:
    """Mean square of what lies in a band so many octaves wide."""
    inside = np.abs(octaves_from(frequencies(wave, rate), centre)) <= octaves / 2
    return 2 * float(np.sum(np.square(np.abs(np.fft.rfft(wave)[inside])))) / len(wave) ** 2


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """A number between two, as likely in one octave as in another."""
    return math.exp(rng.uniform(math.log(low), math.log(high)))


def draw_hertz(rng: np.random.Generator, rate: int, low: float, high: float) -> float:
    """A frequency in a range, log-uniform, or in what of the range this rate can hold."""
    top = min(high, _USABLE * rate)
    return log_uniform(rng, min(low, top), top)


def either_sign(rng: np.random.Generator) -> float:
    """1 or -1."""
    return float(rng.choice((-1.0, 1.0)))
