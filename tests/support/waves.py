"""Waves to test signals with, and what is measured of them: 16 kHz, levels in dB."""

from __future__ import annotations

import numpy as np

from asdbench.data.proxy import loops

RATE = 16_000


def noise(seed: int, seconds: float = 4.0, level: float = 0.05) -> np.ndarray:
    return level * np.random.default_rng(seed).standard_normal(round(seconds * RATE))


def times(seconds: float = 4.0) -> np.ndarray:
    return np.arange(round(seconds * RATE)) / RATE


def level(wave: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(np.square(wave))))


def band_level(wave: np.ndarray, hertz: float, octaves: float) -> float:
    return 10 * np.log10(loops.power_within(wave, RATE, hertz, octaves))


def peak_hertz(wave: np.ndarray) -> float:
    """The strongest line, between bins, by parabola through the log spectrum."""
    power = np.log(np.square(np.abs(np.fft.rfft(wave * np.hanning(len(wave))))) + 1e-30)
    k = int(np.argmax(power[1:-1])) + 1
    left, middle, right = power[k - 1 : k + 2]
    return float((k + 0.5 * (left - right) / (left - 2 * middle + right)) * RATE / len(wave))
