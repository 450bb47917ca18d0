"""Axial fans: blade-pass tones on a turning shaft, in the noise of the flow."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from asdbench.data.synthetic import physics
from asdbench.data.synthetic.physics import Signal, amplitude, levelled, tone
from asdbench.data.synthetic.state import State


@dataclass(frozen=True)
class Fan:
    """One fan. Its tones have an RMS of 1 and what adds to them is in dB against that.

    Faults, at severity s up to 1:
    - imbalance: a bent or dirty rotor modulates the sound by 0.8 s at shaft rate and adds its line.
    - bearing: balls strike a pit in the outer race, 3.05 to 3.6 times a turn, and ring the housing.
    - clogging: a blocked inlet slows the shaft by 3 s %; the flow roughens and surges at 0.8 Hz.
    """

    FAULTS: ClassVar[tuple[str, ...]] = ("imbalance", "bearing", "clogging")

    speed: float  # of the shaft, Hz
    blades: int
    rolloff: float  # harmonic h of the blade pass has amplitude h^-rolloff
    flow: tuple[float, float]  # band of the flow noise, Hz
    flow_db: float
    balls: float  # strikes a turn on a pit of the outer race
    housing: float  # mode that a strike rings, Hz

    def sound(self, rng: np.random.Generator, samples: int, state: State) -> Signal:
        """The fan alone, in this state."""
        imbalance, bearing, clogging = state.extents(self.FAULTS)
        turns = physics.rotation(rng, samples, self.speed * state.load * (1.0 - 0.03 * clogging))
        shaft = tone(turns)
        blades = physics.harmonics(
            rng, self.blades * turns, [h**-self.rolloff for h in range(1, 9)]
        )
        runout = 0.03 + 0.04 * state.wear
        tones = levelled(blades * (1.0 + runout * shaft) + 0.1 * shaft, 0.0)
        chopped = 1.0 + 0.2 * tone(self.blades * turns)
        roughness = amplitude(self.flow_db + 0.8 * state.wear + 3.2 * clogging)
        sound = tones + roughness * chopped * physics.noise(rng, samples, physics.band(*self.flow))
        if imbalance:
            line = 2**0.5 * amplitude(-20.0 + 26.0 * imbalance) * shaft
            sound = sound * (1.0 + (0.03 + 0.8 * imbalance) * shaft) + line
        if bearing:
            sound += levelled(self._strikes(rng, turns), -16.0 + 15.0 * bearing)
        if clogging:
            surge = 0.8 * np.arange(samples) / physics.RATE + rng.random()
            sound *= 1.0 + 0.3 * clogging * tone(surge)
        sound *= state.load**1.5
        return sound

    def _strikes(self, rng: np.random.Generator, turns: Signal) -> Signal:
        """Balls slip (1 % of the time between two strikes), so the strikes are no clean comb."""
        at = physics.passes(self.balls * turns)
        slip = 0.01 / (self.balls * self.speed) * rng.standard_normal(len(at))
        force = 1.0 + 0.2 * rng.standard_normal(len(at))
        impulses = physics.strikes(len(turns), at, force, late=slip)
        return physics.ringing(impulses, self.housing, 0.04)


# In either fold two fans are near, a few per cent apart in speed, and one is far from them.
# ID: speed, blades, rolloff, flow, flow_db, balls, housing
UNITS = {
    "00": Fan(24.0, 7, 1.2, (300.0, 2200.0), -3.0, 3.1, 2900.0),
    "01": Fan(17.2, 9, 1.5, (200.0, 1600.0), -2.0, 3.3, 3200.0),
    "02": Fan(25.4, 7, 1.4, (400.0, 2700.0), -2.0, 3.5, 3300.0),
    "03": Fan(18.0, 9, 1.3, (300.0, 2000.0), -4.0, 3.05, 3600.0),
    "04": Fan(38.0, 5, 1.0, (500.0, 3500.0), -1.0, 3.3, 4300.0),
    "05": Fan(31.0, 5, 1.6, (250.0, 2800.0), -5.0, 3.6, 2500.0),
}
