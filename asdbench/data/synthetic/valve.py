"""Solenoid valves: they open and close in a steady rhythm, and fluid hisses through while open."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from asdbench.data.synthetic import physics
from asdbench.data.synthetic.physics import Signal, amplitude

_DAMPING = (0.05, 0.03, 0.02)
_PEAKS = (1.0, 0.7, 0.4)


@dataclass(frozen=True)
class Valve:
    """One valve. A blow on its seat has an amplitude of 1; the hiss is in dB against that.

    Faults, at severity s up to 1:
    - late: a sticking plunger makes 0.3 + 0.6 s of the openings late by 12 + 45 s ms, and weak.
    - missed: 0.12 + 0.58 s of the strokes don't happen (one at least).
    - leak: the seat no longer seals, so it hisses while closed.
    - chatter: the plunger bounces on its seat four more times, 22 ms apart.
    """

    FAULTS: ClassVar[tuple[str, ...]] = ("late", "missed", "leak", "chatter")

    period: float  # of a stroke, s
    duty: float  # share of the period that it is open
    modes: tuple[float, float, float]  # of the body when it opens, Hz; 12 % higher when it closes
    bounce: float  # after the blow, s
    hiss: tuple[float, float]  # band, Hz
    hiss_db: float

    def sound(
        self, rng: np.random.Generator, samples: int, fault: str | None, severity: float
    ) -> Signal:
        """The valve alone, with a fault or without."""
        late, missed, leak, chatter = (severity * (fault == name) for name in self.FAULTS)
        turns = physics.rotation(rng, samples, 1.0 / self.period)
        opening, closing = physics.passes(turns), physics.passes(turns, self.duty)
        stroke = np.floor(turns).astype(np.int64)  # stroke 0 began before the clip

        strokes = int(stroke[-1]) + 1
        force = np.power(10.0, 0.7 / 20.0 * rng.standard_normal(strokes))
        jitter = 0.0015 * rng.standard_normal(strokes)
        delay = np.zeros(strokes)
        happens = np.ones(strokes)
        if late:
            sticking = _some(rng, stroke[opening], 0.3 + 0.6 * late)
            delay[sticking] = 0.012 + 0.045 * late
            force[sticking] *= amplitude(-6.0 * late)
        if missed:
            happens[_some(rng, stroke[opening], 0.12 + 0.58 * missed)] = 0.0
        force *= happens

        blow, when = force[stroke[opening]], (jitter + delay)[stroke[opening]]
        blows = _with_bounce(samples, opening, blow, when, self.bounce)
        if chatter:
            for j in range(1, 5):
                again = amplitude(-12.0 + 12.0 * chatter - 3.0 * j) * blow
                blows += physics.strikes(samples, opening, again, late=when + 0.022 * j)
        shuts = amplitude(-5.0) * force[stroke[closing]]
        shut = _with_bounce(samples, closing, shuts, jitter[stroke[closing]], self.bounce)
        since = turns - stroke
        flow = (since < self.duty) * (since >= delay[stroke] / self.period) * happens[stroke]
        hiss = physics.noise(rng, samples, physics.band(*self.hiss))
        leaking = amplitude(-22.0 + 18.0 * leak) if leak else 0.0
        through = amplitude(self.hiss_db) * (flow + leaking * (1.0 - flow))
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


# ID: period, duty, modes, bounce, hiss, hiss_db
UNITS = {
    "00": Valve(0.5, 0.42, (1250.0, 3300.0, 5800.0), 0.012, (2500.0, 6000.0), -26.0),
    "01": Valve(0.52, 0.45, (1400.0, 3600.0, 5500.0), 0.011, (2500.0, 6000.0), -25.0),
    "02": Valve(0.53, 0.44, (1400.0, 3800.0, 6300.0), 0.014, (3000.0, 6500.0), -24.0),
    "03": Valve(0.55, 0.42, (1600.0, 3300.0, 5800.0), 0.013, (3000.0, 6000.0), -26.0),
    "04": Valve(0.56, 0.4, (1600.0, 3300.0, 5400.0), 0.01, (2500.0, 6500.0), -27.0),
    "05": Valve(0.58, 0.45, (1300.0, 3800.0, 6300.0), 0.012, (2500.0, 6500.0), -25.0),
}
