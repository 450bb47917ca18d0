"""The factory around every machine: noise, mains hum, distant impacts, and other machines."""

import numpy as np

from asdbench.data.synthetic import physics
from asdbench.data.synthetic.physics import RATE, Signal, amplitude

_HUM_DB = {50: -16.0, 100: -22.0, 150: -26.0}  # by Hz, against the broadband noise
_HUM_PERIOD = RATE // 50  # samples
_IMPACTS_A_SECOND = 0.5
_NEIGHBOURS = 2  # at most, that can be heard
_NEIGHBOUR_PERIODS = (RATE // 400, RATE // 80)  # samples: blades pass 80 to 400 times a second
_NEIGHBOUR_DB = (-18.0, -8.0)  # against the broadband noise


def background(rng: np.random.Generator, samples: int, slope: float) -> Signal:
    """Factory noise of an RMS of 1: 1/f^slope noise, mains hum, 0.5 impacts a second, neighbours.

    Impacts ring for a moment at 500 to 4000 Hz; noise and neighbours swell and fall by 15 % (sd).
    """
    sound = physics.noise(rng, samples, physics.slope(slope))
    for _ in range(rng.integers(_NEIGHBOURS + 1)):
        sound += np.resize(_neighbour(rng), samples)
    sound *= 1.0 + 0.15 * physics.wander(rng, samples)
    sound += np.resize(_hum(rng), samples)
    for _ in range(rng.poisson(_IMPACTS_A_SECOND * samples / RATE)):
        impact = physics.strikes(samples, rng.integers(samples, size=1), rng.uniform(1.0, 4.0))
        sound += physics.ringing(impact, 500.0 * 8.0 ** rng.random(), rng.uniform(0.01, 0.04))
    return physics.levelled(sound, 0.0)


def _hum(rng: np.random.Generator) -> Signal:
    """One period of the mains hum."""
    seconds = np.arange(_HUM_PERIOD) / RATE
    hum = np.zeros(_HUM_PERIOD)
    for hertz, level in _HUM_DB.items():
        hum += 2**0.5 * amplitude(level) * physics.tone(hertz * seconds + rng.random())
    return hum


def _neighbour(rng: np.random.Generator) -> Signal:
    """One period of another machine that runs steadily: eight harmonics, some stronger."""
    period = int(rng.integers(*_NEIGHBOUR_PERIODS))
    strengths = rng.exponential(size=8) / np.arange(1.0, 9.0)
    sound = physics.harmonics(rng, np.arange(period) / period, list(strengths))
    return physics.levelled(sound, rng.uniform(*_NEIGHBOUR_DB))
