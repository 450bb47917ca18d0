"""Shared physics of the machine sounds: rotation, noise, ringing modes, slow change.

Signals are float64 at 16 kHz. Their int16 rounding must not depend on the CPU, and NumPy's sine
or FFT may differ in the last bit between CPU types. So nothing discrete hangs on such a value, and
whatever is summed up over a clip (a phase) comes from exact numbers: an error of one bit stays one.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from asdbench.config.imports import imported

RATE = 16_000  # samples a second

Signal = NDArray[np.float64]
Response = Callable[[Signal], Signal]

_KNOT = 2_048  # samples; a power of two, so that interpolation between knots is exact
_GRID = 2.0**-12  # knots are rounded to this
_WANDER_SECONDS = 3.0


def amplitude(decibels: float) -> float:
    """The factor on a waveform that changes its level by so many dB."""
    return math.pow(10.0, decibels / 20.0)


def rms(x: Signal) -> float:
    """Root mean square."""
    return math.sqrt(float(np.mean(np.square(x))))


def levelled(x: Signal, decibels: float) -> Signal:
    """`x` scaled to an RMS of so many dB against 1 (silence stays silence)."""
    loud = rms(x)
    return x * (amplitude(decibels) / loud) if loud > 0.0 else x


def wander(rng: np.random.Generator, samples: int) -> Signal:
    """Slow random change of sd 1 (Ornstein-Uhlenbeck, time constant 3 s), linear between knots."""
    keep = math.exp(-_KNOT / RATE / _WANDER_SECONDS)
    at = np.arange(0, samples + _KNOT, _KNOT)
    knots = rng.standard_normal(len(at))
    for k in range(1, len(at)):
        knots[k] = keep * knots[k - 1] + math.sqrt(1.0 - keep**2) * knots[k]
    return np.asarray(np.interp(np.arange(samples), at, np.rint(knots / _GRID) * _GRID))


def rotation(rng: np.random.Generator, samples: int, hertz: float) -> Signal:
    """Turns made by something that turns at about `hertz`, from a random start in [0, 1).

    The speed differs from clip to clip (sd 0.7 %) and drifts within one (sd 0.3 %).
    """
    speed = hertz * (1.0 + 0.007 * rng.standard_normal())
    drift = 1.0 + 0.003 * wander(rng, samples)
    return rng.random() + np.cumsum(speed * drift) / RATE


def fraction(turns: Signal) -> Signal:
    """Where in its turn it is, in [0, 1)."""
    return turns - np.floor(turns)


def tone(turns: Signal) -> Signal:
    """A cosine of amplitude 1."""
    return np.cos(2.0 * np.pi * fraction(turns))


def harmonics(rng: np.random.Generator, turns: Signal, amplitudes: Sequence[float]) -> Signal:
    """A fundamental and its harmonics with these amplitudes and random phases."""
    phases = 2.0 * np.pi * rng.random(len(amplitudes))
    weights = np.asarray(amplitudes) * np.exp(1j * phases)
    angle = 2.0 * np.pi * fraction(turns)
    circle = np.cos(angle) + 1j * np.sin(angle)  # faster than a complex exponential
    total = np.zeros_like(circle)
    for weight in weights[::-1]:  # Horner: one sine and cosine serve all harmonics
        total = (total + weight) * circle
    return np.ascontiguousarray(total.real)


def passes(turns: Signal, at: float = 0.0) -> NDArray[np.int64]:
    """The samples at which the turn passes the position `at` in [0, 1)."""
    return np.flatnonzero(np.diff(np.floor(turns - at)) > 0.0) + 1


def noise(rng: np.random.Generator, samples: int, response: Response) -> Signal:
    """Gaussian noise of an expected RMS of 1 whose spectrum has this response over Hz."""
    spectrum = rng.standard_normal(2 * (samples // 2 + 1)).view(np.complex128)
    gain = response(np.fft.rfftfreq(samples, 1.0 / RATE).astype(np.float64))
    gain[0] = 0.0  # a microphone hears no constant pressure
    gain *= samples / (2.0 * math.sqrt(float(np.sum(np.square(gain)))))
    return np.fft.irfft(spectrum * gain, samples)


def band(low: float, high: float) -> Response:
    """The response of a band from `low` to `high` Hz with edges of 12 dB an octave."""

    def response(hertz: Signal) -> Signal:
        squared = np.square(hertz)
        rise = squared / (squared + low**2)
        return rise / (1.0 + squared / high**2)

    return response


def slope(exponent: float) -> Response:
    """The response of 1/f^exponent noise (power over Hz), flat below 20 Hz."""
    return lambda hertz: np.maximum(hertz, 20.0) ** (-exponent / 2.0)


def strikes(
    samples: int,
    at: NDArray[np.int64],
    strengths: float | Signal = 1.0,
    *,
    late: float | Signal = 0.0,
) -> Signal:
    """Impulses of these strengths at these samples, `late` seconds later; none outside the clip."""
    out = np.zeros(samples)
    when = at + np.rint(np.asarray(late) * RATE).astype(np.int64)
    inside = (when >= 0) & (when < samples)
    np.add.at(out, when[inside], np.broadcast_to(strengths, when.shape)[inside])
    return out


def ringing(impulses: Signal, hertz: float, damping: float) -> Signal:
    """The impulses heard through a mode that rings at `hertz` with this damping ratio."""
    lfilter = imported("scipy.signal").lfilter  # here: its import takes a second
    angle = 2.0 * math.pi * hertz / RATE
    decay = math.exp(-damping * angle)
    swing = [1.0, -2.0 * decay * math.cos(angle), decay**2]
    return np.asarray(lfilter([0.0, decay * math.sin(angle)], swing, impulses))
