"""Centrifugal pumps: vane-pass pulsation, motor hum, turbulence in the water and a little hiss."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from asdbench.data.synthetic import physics
from asdbench.data.synthetic.physics import RATE, Signal, amplitude, levelled, tone
from asdbench.data.synthetic.state import State


@dataclass(frozen=True)
class Pump:
    """One pump. Its pulsation has an RMS of 1 and what adds to it is in dB against that.

    Faults, at severity s up to 1:
    - leak: water escapes through a slit and whistles over an octave, and the pulsation weakens.
    - cavitation: 150 bubbles a second collapse, most of them behind a vane, and ring the casing.
    - clogging: a blocked outlet raises the pulsation by 5 s dB; the flow surges and recirculates.
    """

    FAULTS: ClassVar[tuple[str, ...]] = ("leak", "cavitation", "clogging")

    speed: float  # of the shaft, Hz
    vanes: int
    turbulence: float  # upper edge of its band, Hz
    turbulence_db: float
    hiss: float  # lower edge of its band, Hz
    slit: float  # centre of the noise of a leak, Hz
    casing: float  # mode that a collapsing bubble rings, Hz

    def sound(self, rng: np.random.Generator, samples: int, state: State) -> Signal:
        """The pump alone, in this state."""
        leak, cavitation, clogging = state.extents(self.FAULTS)
        turns = physics.rotation(rng, samples, self.speed * state.load)
        seconds = np.arange(samples) / RATE
        vanes = physics.harmonics(rng, self.vanes * turns, [h**-1.2 for h in range(1, 7)])
        magnets = tone(100.0 * seconds + rng.random())
        pulsation = levelled(
            vanes + 0.3 * tone(turns) + 0.25 * magnets, 5.0 * clogging - 2.0 * leak
        )
        turbulence = physics.noise(rng, samples, physics.band(200.0, self.turbulence))
        hiss = physics.noise(rng, samples, physics.band(self.hiss, 7000.0))
        turbulence *= amplitude(self.turbulence_db + 0.8 * state.wear)
        sound = pulsation + turbulence
        sound += amplitude(-17.0 + 2.0 * state.wear) * hiss
        if leak:
            octave = physics.band(self.slit / 2**0.5, self.slit * 2**0.5)
            sound += amplitude(-19.0 + 20.0 * leak) * physics.noise(rng, samples, octave)
        if cavitation:
            sound += levelled(self._collapses(rng, turns), -26.0 + 22.0 * cavitation)
        if clogging:
            eddies = physics.noise(rng, samples, physics.band(100.0, 500.0))
            surge = tone(rng.uniform(0.5, 2.0) * seconds + rng.random())
            sound += amplitude(-18.0 + 15.0 * clogging) * eddies
            sound *= 1.0 + 0.6 * clogging * surge
        sound *= state.load**1.5
        return sound

    def _collapses(self, rng: np.random.Generator, turns: Signal) -> Signal:
        """Bubbles grow where the pressure is low, so their collapses follow the vanes."""
        count = rng.poisson(150 * len(turns) / RATE)
        at = rng.integers(len(turns), size=count)
        behind_vane = 1.0 + 0.8 * tone(self.vanes * turns[at])
        impulses = physics.strikes(len(turns), at, behind_vane * rng.exponential(size=count))
        return physics.ringing(impulses, self.casing, 0.12)


# In either fold two pumps are near and one, with a two-pole motor, is far from them.
# ID: speed, vanes, turbulence, turbulence_db, hiss, slit, casing
UNITS = {
    "00": Pump(24.4, 6, 1300.0, -3.0, 2500.0, 2600.0, 4200.0),
    "01": Pump(25.9, 7, 1400.0, -4.0, 2200.0, 2400.0, 4600.0),
    "02": Pump(25.2, 6, 1600.0, -5.0, 2800.0, 3000.0, 3800.0),
    "03": Pump(27.0, 7, 1800.0, -6.0, 3200.0, 2800.0, 4900.0),
    "04": Pump(48.6, 5, 2400.0, -7.0, 3400.0, 3500.0, 5000.0),
    "05": Pump(49.2, 6, 2200.0, -4.0, 2000.0, 2300.0, 4000.0),
}
