"""What changes the colour of a machine's sound: leaks, loose parts, stiffness, whine."""

from __future__ import annotations

import numpy as np

from asdbench.config.imports import imported
from asdbench.data.proxy.loops import (
    Spectrum,
    draw_hertz,
    either_sign,
    filtered,
    frequencies,
    octaves_from,
    power_within,
    rearranged,
)
from asdbench.data.synthetic.physics import Signal, amplitude

_LOWEST = 100.0  # Hz: below are mains hum and the room
_THIRD_OCTAVE_Q = 4.318


def band_flow(wave: Signal, rate: int, rng: np.random.Generator, decibels: float) -> Signal:
    """A leak: an octave of noise that raises the clip's level over that octave by so many dB.

    Centred at 0.5 to 6 kHz, for a stretch of 60 to 100 % of the clip. The octave falls off within
    a sixth of an octave, so that a steep clip isn't drowned outside of it.
    """
    samples = len(wave)
    centre = draw_hertz(rng, rate, 500.0, 6000.0)
    share, start = rng.uniform(0.6, 1.0), rng.random()
    beyond = np.abs(octaves_from(frequencies(wave, rate), centre)) - 0.5
    response = np.square(np.cos(np.pi / 2 * np.clip(6 * beyond, 0.0, 1.0)))
    noise = filtered(rng.standard_normal(samples), response.astype(np.complex128))
    added = (amplitude(2 * decibels) - 1) * power_within(wave, rate, centre, 1.0)
    noise *= np.sqrt(added / max(power_within(noise, rate, centre, 1.0), 1e-30))
    # Opens and closes in a twentieth of a second.
    phase = (np.arange(samples) / samples - start) % 1.0
    inside = np.minimum(phase, share - phase) * samples / rate
    return wave + noise * (np.clip(inside / 0.05, 0.0, 1.0) if share < 1.0 else 1.0)


def resonance(wave: Signal, rate: int, rng: np.random.Generator, decibels: float) -> Signal:
    """A loose or clogged part: one of the five strongest peaks, up or down by so many dB, Q 2-6."""
    hertz = rng.choice(strongest_peaks(wave, rate))
    gain = either_sign(rng) * decibels
    return filtered(wave, peaking(frequencies(wave, rate), hertz, rng.uniform(2.0, 6.0), gain))


def tone(wave: Signal, rate: int, rng: np.random.Generator, decibels: float) -> Signal:
    """A gear that whines, or no longer does: a line so many dB above the third octave around it.

    Or a notch, as deep, a third of an octave wide. At 100 to 6,000 Hz.
    """
    hertz, start = draw_hertz(rng, rate, _LOWEST, 6000.0), rng.random()
    if either_sign(rng) < 0:
        return filtered(wave, peaking(frequencies(wave, rate), hertz, _THIRD_OCTAVE_Q, -decibels))
    loud = amplitude(decibels) * np.sqrt(2 * power_within(wave, rate, hertz, 1 / 3))
    turns = start + hertz / rate * np.arange(len(wave))
    return np.asarray(wave + loud * np.cos(2 * np.pi * turns))


def warp(wave: Signal, rate: int, rng: np.random.Generator, percent: float) -> Signal:
    """A part stiffer or softer: one of the five strongest peaks higher or lower by so many percent.

    The octave around it is warped.
    """
    middle = rng.choice(strongest_peaks(wave, rate))
    return warped(wave, rate, middle / 2**0.5, either_sign(rng) * percent)


def warped(wave: Signal, rate: int, low: float, percent: float) -> Signal:
    """The octave above `low` with its middle moved; its ends stay, linear in between.

    What is around a peak, up to half way to the next one, a sixth of an octave away at least, moves
    as a whole by the peak's shift, so that lines stay lines and events stay where they are.
    """
    find_peaks = imported("scipy.signal").find_peaks
    hertz = frequencies(wave, rate)
    spectrum = np.fft.rfft(wave)
    steps = 48  # an octave
    edges = low * 2 ** (np.arange(steps + 1) / steps)
    level = _mean_power(spectrum, hertz, edges)
    peaks = np.sqrt(edges[1:] * edges[:-1])[find_peaks(level, distance=steps // 6)[0]]
    middle = low * 2**0.5
    moved = np.interp(peaks, [low, middle, 2 * low], [low, middle * (1 + percent / 100), 2 * low])
    anchors = np.concatenate([[low], moved, [2 * low]])
    shifts = np.concatenate([[0.0], moved - peaks, [0.0]])
    by = np.rint(shifts * len(wave) / rate).astype(np.int64)
    edge = np.searchsorted(anchors[1:-1], hertz)  # the one between anchors `edge` and `edge + 1`
    beyond = hertz - (anchors[edge] + anchors[edge + 1]) / 2
    bins = np.arange(len(hertz))
    changed = rearranged(spectrum, bins - by[edge], bins - by[edge + 1], beyond)
    return np.fft.irfft(changed, len(wave))


def peaking(hertz: Signal, centre: float, q: float, decibels: float) -> Spectrum:
    """The response of a peaking filter: so many dB at its centre, 0 dB far from it.

    The analogue prototype of Bristow-Johnson's audio equaliser cookbook.
    """
    root = amplitude(decibels / 2)
    reactance = centre**2 - np.square(hertz)
    resistance = 1j * hertz * centre / q
    return np.asarray((reactance + root * resistance) / (reactance + resistance / root))


def strongest_peaks(wave: Signal, rate: int, count: int = 5) -> Signal:
    """Where the clip's mean spectrum, in 64 mel bands, has its highest local maxima, in Hz.

    From 100 Hz up; where there is none, the loudest band.
    """
    find_peaks = imported("scipy.signal").find_peaks
    top = 2595 * np.log10(1 + 0.45 * rate / 700)
    edges = 700 * (10 ** (np.linspace(0.0, top, 65) / 2595) - 1)
    edges = edges[edges >= _LOWEST]
    level = _mean_power(np.fft.rfft(wave), frequencies(wave, rate), edges)
    peaks = find_peaks(level)[0]
    highest = peaks[np.argsort(-level[peaks], kind="stable")][:count]
    chosen = highest if len(highest) else np.array([np.argmax(level)])
    return np.asarray((edges[chosen] + edges[chosen + 1]) / 2)


def _mean_power(spectrum: Spectrum, hertz: Signal, edges: Signal) -> Signal:
    """Mean power of the bins between neighbouring edges."""
    power = np.square(np.abs(spectrum))
    counts = np.histogram(hertz, edges)[0]
    return np.asarray(np.histogram(hertz, edges, weights=power)[0] / np.maximum(counts, 1))
