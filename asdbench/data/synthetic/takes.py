"""Machine sounds from physics: fans, pumps, sliders and valves with graded faults.

Nobody recorded these: they are signal models. Their numbers were set with three of the methods in
view (docs/demo.md says which) and frozen before any other was run on them. A clip holds one machine
and the noise of its factory. Samples are int16 at 16 kHz, the same on every computer. Change any
number in this package, and raise `VERSION`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from asdbench.data.synthetic import fan, pump, slider, valve
from asdbench.data.synthetic.background import background
from asdbench.data.synthetic.conditions import Conditions, conditions
from asdbench.data.synthetic.physics import RATE, Signal, amplitude, rms
from asdbench.data.synthetic.state import State

VERSION = 2
SEVERITIES = (0.4, 0.7, 1.0)
_GRADES = dict(zip(SEVERITIES, ("mild", "medium", "strong"), strict=True))

_LEVEL = 320.0  # RMS of a healthy machine in int16 steps (-40 dBFS): leaves room for its impacts


class _Machine(Protocol):
    FAULTS: ClassVar[tuple[str, ...]]

    def sound(self, rng: np.random.Generator, samples: int, state: State) -> Signal: ...


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


def in_target(machine: str, index: int) -> bool:
    """Whether an anomalous test clip is of the target domain, where there are domains.

    Every other one of each fault and each severity is.
    """
    turn, place = divmod(index, len(faults(machine)))
    return (turn // len(SEVERITIES) + turn % len(SEVERITIES) + place) % 2 == 1


@dataclass(frozen=True)
class Take:
    """One recording of one machine; its samples depend on these fields and on nothing else."""

    machine: str
    id: str
    split: str
    index: int
    fault: str | None = None
    severity: float = 0.0
    domain: str | None = field(default=None, kw_only=True)
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
        domain = f" {self.domain}" if self.domain else ""
        return (
            f"machine_sounds/{VERSION} {self.machine} {self.id} {self.split} {state} {self.index}"
            f"{domain} {self.samples} samples seed {self.seed}"
        )

    @property
    def load(self) -> float:
        """The machine's load in this recording, of what it is built for."""
        return self._conditions().load

    @property
    def tags(self) -> dict[str, str]:
        """What to break results down by."""
        fault = {"fault": self.fault, "severity": _GRADES[self.severity]} if self.fault else {}
        domain = {"domain": self.domain} if self.domain else {}
        given = self._conditions()
        return {
            **fault,
            "snr": f"{given.signal_to_noise_db:g} dB",
            "operating_point": given.operating_point,
            **domain,
        }

    def record(self) -> NDArray[np.int16]:
        """The samples, at 16 kHz."""
        given = self._conditions()
        state = State(self.fault, self.severity, given.load, given.wear)
        sound = self._sound(state)
        if self.fault:  # as loud as it would be without: a level meter must not find the fault
            healthy = self._sound(replace(state, fault=None))
            sound *= rms(healthy) / max(rms(sound), 0.1 * rms(healthy))  # silence stays so
        heard = given.microphone.hears(sound) / _loudness(self.machine, self.id)
        factory = background(self._draws("scene"), self.samples, given.slope)
        scene = _LEVEL * (heard + amplitude(-given.signal_to_noise_db) * factory)
        return np.clip(np.rint(scene), -32768, 32767).astype(np.int16)

    def _conditions(self) -> Conditions:
        return conditions(self._draws("conditions"), self.domain)

    def _sound(self, state: State) -> Signal:
        return _UNITS[self.machine][self.id].sound(self._draws("machine"), self.samples, state)

    def _draws(self, what: str) -> np.random.Generator:
        return _draws(f"{self.identity} {what}")


def _draws(name: str) -> np.random.Generator:
    digest = hashlib.blake2b(name.encode(), digest_size=16).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))


@cache
def _loudness(machine: str, id: str) -> float:
    """The RMS of a healthy unit: what its fixed gain and its signal-to-noise ratio refer to."""
    draws = _draws(f"machine_sounds/{VERSION} {machine} {id} loudness")
    return rms(_UNITS[machine][id].sound(draws, 20 * RATE, State()))
