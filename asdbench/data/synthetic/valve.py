"""Solenoid valves: they open and close in a steady rhythm, and fluid hisses through while open."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from asdbench.data.synthetic import physics
from asdbench.data.synthetic.physics import Signal, amplitude
from asdbench.data.synthetic.state import State

_DAMPING = (0.05, 0.03, 0.02)
_PEAKS = (1.0, 0.7, 0.4)


@dataclass(frozen=True)
class Valve:
    """One valve. A blow on its seat has an amplitude of 1; the hiss is in dB against that.

    Faults, at severity s up to 1:
    - late: a sticking plunger makes 0.3 + 0.45 s of the openings late by 15 + 130 s ms, and weak.
    - missed: 0.25 + 0.5 s of the strokes don't happen (one at least).
    - leak: the seat no longer seals, so it hisses while closed.
    - chatter: the plunger bounces on its seat seven more times, 22 ms apart.
    """

    FAULTS: ClassVar[tuple[str, ...]] = ("late", "missed", "leak", "chatter")

    period: float  # of a stroke, s
    duty: float  # share of the period that it is open
    modes: tuple[float, float, float]  # of the body when it opens, Hz; 12 % higher when it closes
    bounce: float  # after the blow, s
    hiss: tuple[float, float]  # band, Hz
    hiss_db: float

    def sound(self, rng: np.random.Generator, samples: int, state: State) -> Signal:
        """The valve alone, in this state."""
        late, missed, leak, chatter = state.extents(self.FAULTS)
        turns = physics.rotation(rng, samples, math.sqrt(state.load) / self.period)
        opening, closing = physics.passes(turns), physics.passes(turns, self.duty)
        stroke = np.floor(turns).astype(np.int64)  # stroke 0 began before the clip

        strokes = int(stroke[-1]) + 1
        force = state.load * np.power(10.0, 0.7 / 20.0 * rng.standard_normal(strokes))
        jitter = 0.0015 * (1.0 + state.wear) * rng.standard_normal(strokes)
        delay = np.zeros(strokes)
        happens = np.ones(strokes)
        if late:
            sticking = _some(rng, stroke[opening], 0.3 + 0.45 * late)
            delay[sticking] = 0.015 + 0.13 * late
            force[sticking] *= amplitude(-10.0 * late)
        if missed:
            happens[_some(rng, stroke[opening], 0.25 + 0.5 * missed)] = 0.0
        force *= happens

        blow, when = force[stroke[opening]], (jitter + delay)[stroke[opening]]
        blows = _with_bounce(samples, opening, blow, when, self.bounce)
        if chatter:
            for j in range(1, 8):
                again = amplitude(-12.0 + 20.0 * chatter - 2.0 * j) * blow
                blows += physics.strikes(samples, opening, again, late=when + 0.022 * j)
        shuts = amplitude(-5.0) * force[stroke[closing]]
        shut = _with_bounce(samples, closing, shuts, jitter[stroke[closing]], self.bounce)
        since = turns - stroke
        flow = (since < self.duty) * (since >= delay[stroke] / self.period) * happens[stroke]
        hiss = physics.noise(rng, samples, physics.band(*self.hiss))
        leaking = amplitude(-22.0 + 22.0 * leak) if leak else 0.0
        loud = amplitude(self.hiss_db + state.wear + 50.0 * math.log10(state.load))
        through = loud * (flow + leaking * (1.0 - flow))
        return self._rung(blows, 1.0) + self._rung(shut, 1.12) + through * hiss

    def _rung(self, blows: Signal, higher: float) -> Signal:
        sound = np.zeros_like(blows)
        for hertz, damping, peak in zip(self.modes, _DAMPING, _PEAKS, strict=True):
            sound += peak * physics.ringing(blows, higher * hertz, damping)
        return sound


def _some(rng: np.random.Generator, strokes: NDArray[np.int64], share: float) -> NDArray[np.int64]:
    """A share of the strokes, but one at least and never all, whatever the length of the clip."""
    count = max(1, min(round(share * len(strokes)), len(strokes) - 1))
    return rng.permutation(strokes)[:count]


def _with_bounce(
    samples: int, at: NDArray[np.int64], force: Signal, delay: Signal, bounce: float
) -> Signal:
    """Blows that bounce once, 13 dB weaker."""
    again = amplitude(-13.0) * force
    blows = physics.strikes(samples, at, force, late=delay)
    return blows + physics.strikes(samples, at, again, late=delay + bounce)


# In either fold two valves are near and one is far from them.
# ID: period, duty, modes, bounce, hiss, hiss_db
UNITS = {
    "00": Valve(0.5, 0.42, (1250.0, 3300.0, 5800.0), 0.012, (2500.0, 6000.0), -26.0),
    "01": Valve(0.6, 0.5, (1100.0, 2700.0, 5100.0), 0.009, (2200.0, 5500.0), -25.0),
    "02": Valve(0.53, 0.44, (1350.0, 3600.0, 6200.0), 0.014, (3000.0, 6500.0), -24.0),
    "03": Valve(0.63, 0.48, (1200.0, 3000.0, 5300.0), 0.011, (2500.0, 6000.0), -26.0),
    "04": Valve(0.68, 0.36, (1700.0, 4400.0, 6900.0), 0.017, (3500.0, 7000.0), -27.0),
    "05": Valve(0.48, 0.54, (950.0, 4100.0, 6600.0), 0.013, (2000.0, 6500.0), -23.0),
}
