"""Machine sounds from physics: fans, pumps, sliders and valves with graded faults.

Nobody recorded these: they are signal models, and their numbers were frozen before any method was
ranked on them. A clip holds one machine and the noise of its factory. Samples are int16 at 16 kHz,
the same on every computer. Change any number in this package, and raise `VERSION`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from asdbench.data.synthetic import fan, pump, slider, valve
from asdbench.data.synthetic.background import background
from asdbench.data.synthetic.physics import RATE, Signal, amplitude, rms

VERSION = 1
SEVERITIES = (0.33, 0.66, 1.0)

_LEVEL = 320.0  # RMS of a healthy machine in int16 steps (-40 dBFS): leaves room for its impacts
_LEVEL_SD_DB = 0.7  # from clip to clip
_SIGNAL_TO_NOISE_DB = (-6.0, 0.0, 6.0)


class _Machine(Protocol):
    FAULTS: ClassVar[tuple[str, ...]]

    def sound(
        self, rng: np.random.Generator, samples: int, fault: str | None, severity: float
    ) -> Signal: ...


_UNITS: dict[str, Mapping[str, _Machine]] = {
    "fan": fan.UNITS,
    "pump": pump.UNITS,
    "slider": slider.UNITS,
    "valve": valve.UNITS,
}
MACHINES = tuple(_UNITS)


def faults(machine: str) -> tuple[str, ...]:
    """The names of what can go wrong with a machine of this type."""
    return _UNITS[machine]["00"].FAULTS


def fault_of(machine: str, index: int) -> tuple[str, float]:
    """The fault and severity of the anomalous test clip with this index.

    They go round, so that any number of clips is balanced over both; severities are shifted by one
    from fault to fault, or the first few clips would all be mild.
    """
    names = faults(machine)
    turn, place = divmod(index, len(names))
    return names[place], SEVERITIES[(turn + place) % len(SEVERITIES)]


@dataclass(frozen=True)
class Take:
    """One recording of one machine; its samples depend on these fields and on nothing else."""

    machine: str
    id: str
    split: str
    index: int
    fault: str | None = None
    severity: float = 0.0
    seconds: float = field(kw_only=True)
    seed: int = field(default=0, kw_only=True)

    @property
    def samples(self) -> int:
        """How many there are."""
        return round(self.seconds * RATE)

    @property
    def identity(self) -> str:
        """Changes whenever the sound would."""
        state = f"{self.fault} {self.severity:g}" if self.fault else "normal"
        return (
            f"machine_sounds/{VERSION} {self.machine} {self.id} {self.split} {state} {self.index}"
            f" {self.samples} samples seed {self.seed}"
        )

    def record(self) -> NDArray[np.int16]:
        """The samples, at 16 kHz."""
        unit = _UNITS[self.machine][self.id]
        sound = unit.sound(self._draws("machine"), self.samples, self.fault, self.severity)
        if self.fault:  # as loud as it would be without: a level meter must not find the fault
            healthy = unit.sound(self._draws("machine"), self.samples, None, 0.0)
            sound *= rms(healthy) / rms(sound)
        draws = self._draws("scene")
        gain = amplitude(_LEVEL_SD_DB * draws.standard_normal()) / _loudness(self.machine, self.id)
        noise = amplitude(-_SIGNAL_TO_NOISE_DB[draws.integers(3)])
        scene = _LEVEL * (gain * sound + noise * background(draws, self.samples))
        return np.clip(np.rint(scene), -32768, 32767).astype(np.int16)

    def _draws(self, what: str) -> np.random.Generator:
        return _draws(f"{self.identity} {what}")


def _draws(name: str) -> np.random.Generator:
    digest = hashlib.blake2b(name.encode(), digest_size=16).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))


@cache
def _loudness(machine: str, id: str) -> float:
    """The RMS of a healthy unit: what its fixed gain and its signal-to-noise ratio refer to."""
    draws = _draws(f"machine_sounds/{VERSION} {machine} {id} loudness")
    return rms(_UNITS[machine][id].sound(draws, 20 * RATE, None, 0.0))
