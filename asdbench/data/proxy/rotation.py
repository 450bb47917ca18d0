"""What goes wrong with something that turns: its speed, its bearings, its balance."""

from __future__ import annotations

import numpy as np

from asdbench.data.proxy.loops import closed, draw_hertz, either_sign, log_uniform, rearranged
from asdbench.data.synthetic.physics import Signal, amplitude, rms

_MOVES_BELOW = 0.9  # of half the rate; see `speed`


def speed(wave: Signal, rate: int, rng: np.random.Generator, percent: float) -> Signal:
    """The machine faster or slower by so many percent, as by load or voltage: the clip resampled.

    Pitch and rhythm change together. A slowed clip would have nothing just below half the rate,
    and any detector would see that hole; so the top tenth of the spectrum keeps its place.
    """
    samples = len(wave)
    length = round(samples / (1 + either_sign(rng) * percent / 100))
    bins = np.arange(length // 2 + 1)
    in_place = bins + samples // 2 - length // 2
    beyond = bins * rate / length - _MOVES_BELOW * rate / 2
    spectrum = rearranged(np.fft.rfft(wave), bins, in_place, beyond)
    resampled = np.fft.irfft(spectrum, length) * (length / samples)
    # A loop, so where it ends too early it goes on; and again one, begun anywhere.
    return np.roll(closed(np.resize(resampled, samples), rate), int(rng.random() * samples))


def impulses(wave: Signal, rate: int, rng: np.random.Generator, decibels: float) -> Signal:
    """A pit in a bearing or a rail: regular blows that ring a mode, in dB against the clip's RMS.

    8 to 120 blows a second, intervals varying by 2 %, a mode at 1.5 to 6 kHz, damping ratio 0.02
    to 0.06.
    """
    samples = len(wave)
    blows = log_uniform(rng, 8.0, 120.0)
    mode = draw_hertz(rng, rate, 1500.0, 6000.0)
    damping = rng.uniform(0.02, 0.06)
    intervals = 1 + 0.02 * rng.standard_normal(2 * int(blows * samples / rate) + 2)
    at = ((rng.random() + np.cumsum(intervals) - 1) * rate / blows).astype(np.int64)
    struck = np.zeros(samples)
    struck[at[at < samples]] = 1.0
    angle = 2 * np.pi * mode / rate * np.arange(samples)
    rings = np.exp(-damping * angle) * np.sin(np.sqrt(1 - damping**2) * angle)
    ringing = np.fft.irfft(np.fft.rfft(struck) * np.fft.rfft(rings), samples)
    loud = rms(ringing)
    return wave + ringing * (amplitude(decibels) * rms(wave) / loud) if loud > 0.0 else wave


def modulation(wave: Signal, rate: int, rng: np.random.Generator, depth: float) -> Signal:
    """Imbalance: the sound swells by 1 + depth cos(2 pi f t), f log-uniform from 0.5 to 40 Hz."""
    hertz, start = log_uniform(rng, 0.5, 40.0), rng.random()
    turns = start + hertz / rate * np.arange(len(wave))
    return np.asarray(wave * (1 + depth * np.cos(2 * np.pi * turns)))
