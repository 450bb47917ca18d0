"""What differs from clip to clip of a healthy machine, and between a source and a target domain."""

from dataclasses import dataclass

import numpy as np

from asdbench.data.synthetic.physics import RATE, Signal, amplitude

LOADS = {"full": 1.0, "part": 0.8}  # by operating point
SOURCE, TARGET = "source", "target"

_TARGET_LOAD = 0.88  # of the source's: other speeds, between and below those known
_TARGET_NOISE_DB = 3.0  # more than in the source
_SIGNAL_TO_NOISE_DB = (0.0, 3.0, 6.0)
_SLOPE = {SOURCE: (0.8, 1.4), TARGET: (0.4, 0.8)}  # of the noise's spectrum
_LEVEL_SD_DB = 1.5


@dataclass(frozen=True)
class Microphone:
    """Where the microphone is: how loud and how bright, and a reflection from wall or floor."""

    gain: float
    tilt: float  # of the sample before: above 0, dull; below, bright
    echo: float
    delay: int  # of the echo, samples

    def hears(self, sound: Signal) -> Signal:
        """The machine, as it arrives there."""
        heard = sound.copy()
        heard[1:] += self.tilt * sound[:-1]
        heard[self.delay :] += self.echo * sound[: -self.delay]
        return heard * self.gain


@dataclass(frozen=True)
class Conditions:
    """Of one clip. The signal-to-noise ratio refers to the healthy machine at full load."""

    operating_point: str
    load: float
    wear: float
    signal_to_noise_db: float
    slope: float  # of the factory's noise: its power is 1/f^slope
    microphone: Microphone


def conditions(rng: np.random.Generator, domain: str | None) -> Conditions:
    """Drawn for a clip of this domain; without one, as in the source."""
    target = domain == TARGET
    point = tuple(LOADS)[rng.integers(len(LOADS))]
    noise = _TARGET_NOISE_DB if target else 0.0
    return Conditions(
        operating_point=point,
        load=LOADS[point] * (_TARGET_LOAD if target else 1.0),
        wear=rng.random(),
        signal_to_noise_db=_SIGNAL_TO_NOISE_DB[rng.integers(3)] - noise,
        slope=rng.uniform(*_SLOPE[domain or SOURCE]),
        microphone=Microphone(
            gain=amplitude(_LEVEL_SD_DB * rng.standard_normal()),
            tilt=rng.uniform(-0.2, 0.2),
            echo=rng.uniform(0.0, 0.3),
            delay=int(rng.integers(RATE // 800, RATE // 250)),  # 1.25 to 4 ms
        ),
    )
