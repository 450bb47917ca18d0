"""Machines alone, without their factory, and what is measured of their sound."""

from __future__ import annotations

import numpy as np

from asdbench.data.synthetic.state import State

RATE = 16_000


def alone(unit, fault: str | None = None, severity: float = 1.0, seconds: float = 8.0, **state):
    """What a unit sounds like, with the same random numbers each time."""
    state = State(fault, severity, **state)
    return unit.sound(np.random.default_rng(5), int(seconds * RATE), state)


def envelope_line(sound: np.ndarray, hertz: float) -> float:
    """How far the envelope's line at (about) these Hz stands out of its surroundings, in dB."""
    envelope = np.square(sound)
    power = np.abs(np.fft.rfft((envelope - envelope.mean()) * np.hanning(len(sound)))) ** 2
    at = np.fft.rfftfreq(len(sound), 1 / RATE)
    line = power[np.abs(at / hertz - 1) < 0.04].max()
    return 10 * np.log10(line / np.median(power[np.abs(at / hertz - 1) < 0.3]))


def band_decibels(sound: np.ndarray, low: float, high: float) -> float:
    """The level of what lies between two frequencies."""
    power = np.square(np.abs(np.fft.rfft(sound)))
    at = np.fft.rfftfreq(len(sound), 1 / RATE)
    return float(10 * np.log10(power[(low < at) & (at < high)].sum() + 1e-12))
