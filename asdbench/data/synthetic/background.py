"""The factory around every machine, healthy or not: broadband noise, mains hum, distant impacts."""

import numpy as np

from asdbench.data.synthetic import physics
from asdbench.data.synthetic.physics import RATE, Signal, amplitude

_HUM_DB = {50: -16.0, 100: -22.0, 150: -26.0}  # by Hz, against the broadband noise
_HUM_PERIOD = RATE // 50  # samples
_IMPACTS_A_SECOND = 0.5


def background(rng: np.random.Generator, samples: int) -> Signal:
    """Factory noise of an RMS of 1: 1/f^a noise (a 0.8 to 1.4), mains hum, 0.5 impacts a second.

    Impacts ring for a moment at 500 to 4000 Hz; the noise swells and falls by 15 % (sd).
    """
    swell = 1.0 + 0.15 * physics.wander(rng, samples)
    sound = swell * physics.noise(rng, samples, physics.slope(rng.uniform(0.8, 1.4)))
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
