"""Linear sliders: a belt pulls a carriage to and fro along a rail, into an end stop."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from asdbench.data.synthetic import physics
from asdbench.data.synthetic.physics import RATE, Signal, amplitude, tone
from asdbench.data.synthetic.state import State

_STOP = 0.94  # of a stroke: here the carriage meets the end stop and rests until the next stroke
_RAMP = 0.15  # of a stroke: the time to speed up and to slow down


@dataclass(frozen=True)
class Slider:
    """One slider. Its friction has an RMS of 1 at full speed; its stop strikes with a force of 10.

    Faults, at severity s up to 1:
    - rail: three pits in the rail click at the same places of every stroke, and the rail rings.
    - grease: a dry rail rubs louder, and the carriage sticks and slips at 40 to 100 Hz.
    - belt: a slack belt slaps at its guard, and the carriage meets the stop unsteadily, then again.
    """

    FAULTS: ClassVar[tuple[str, ...]] = ("rail", "grease", "belt")

    cycle: float  # two strokes, s
    friction: tuple[float, float]  # band, Hz
    motor: float  # line of the motor at full speed, Hz
    stop: float  # mode of the end stop, Hz
    rail: float  # mode that a pit in the rail rings, Hz
    guard: float  # mode of the sheet that a slack belt slaps, Hz

    def sound(self, rng: np.random.Generator, samples: int, state: State) -> Signal:
        """The slider alone, in this state."""
        rail, grease, belt = state.extents(self.FAULTS)
        turns = physics.rotation(rng, samples, state.load / self.cycle)
        stroke = physics.fraction(2.0 * turns)
        speed = state.load * np.clip(np.minimum(stroke, _STOP - stroke) / _RAMP, 0.0, 1.0)
        rubbing = speed**1.2 * physics.noise(rng, samples, physics.band(*self.friction))
        rubbing *= amplitude(state.wear)
        if grease:
            slips = physics.rotation(rng, samples, rng.uniform(40.0, 100.0))
            rubbing *= amplitude(8.0 * grease) * (1.0 + 1.6 * grease * tone(slips))
        winding = rng.random() + self.motor * np.cumsum(speed) / RATE
        motor = 0.5 * speed * (tone(winding) + 0.5 * tone(2.0 * winding))
        sound = rubbing + motor + self._stops(rng, turns, 10.0 * state.load, belt)
        if rail:
            sound += self._clicks(rng, turns, amplitude(-18.5 + 22.0 * rail))
        if belt:
            sound += self._slaps(rng, turns, amplitude(-26.0 + 24.0 * belt))
        return sound

    def _stops(self, rng: np.random.Generator, turns: Signal, force: float, belt: float) -> Signal:
        at = physics.passes(2.0 * turns, _STOP)
        forces = force * (1.0 + 0.08 * rng.standard_normal(len(at)))
        jitter = (0.001 + 0.05 * belt) * rng.standard_normal(len(at))
        blows = physics.strikes(len(turns), at, forces, late=jitter)
        if belt:
            again = forces * amplitude(-12.0 + 20.0 * belt)
            blows += physics.strikes(len(turns), at, again, late=jitter + 0.04)
        low, high = (physics.ringing(blows, self.stop * k, 0.05) for k in (1.0, 2.7))
        return low + 0.5 * high

    def _clicks(self, rng: np.random.Generator, turns: Signal, force: float) -> Signal:
        """A pit at x of the way out is at 1 - x of the way back."""
        sound = np.zeros(len(turns))
        for pit in rng.uniform(0.2, 0.8, size=3) * _STOP:
            at = np.concatenate(
                [physics.passes(turns, way / 2.0) for way in (pit, 1.0 + _STOP - pit)]
            )
            sound += physics.strikes(len(turns), at, 10.0 * force)
        return physics.ringing(sound, self.rail, 0.01)

    def _slaps(self, rng: np.random.Generator, turns: Signal, force: float) -> Signal:
        """Each time the carriage starts, the slack span flaps six times at 22 Hz, and dies away."""
        starts = np.sort(np.concatenate([physics.passes(turns), physics.passes(turns, 0.5)]))
        slaps = np.zeros(len(turns))
        for j in range(6):
            timing = 0.02 + j / 22.0 + 0.004 * rng.standard_normal(len(starts))
            slaps += physics.strikes(len(turns), starts, 10.0 * force * 0.75**j, late=timing)
        return physics.ringing(slaps, self.guard, 0.08)


# In either fold two sliders are near and one is far from them.
# ID: cycle, friction, motor, stop, rail, guard
UNITS = {
    "00": Slider(1.2, (650.0, 2400.0), 380.0, 500.0, 2400.0, 240.0),
    "01": Slider(1.5, (800.0, 3400.0), 300.0, 700.0, 1900.0, 330.0),
    "02": Slider(1.28, (700.0, 2900.0), 410.0, 540.0, 3000.0, 260.0),
    "03": Slider(1.6, (900.0, 3000.0), 320.0, 640.0, 2200.0, 300.0),
    "04": Slider(1.8, (1000.0, 3500.0), 560.0, 750.0, 3600.0, 380.0),
    "05": Slider(1.1, (600.0, 2200.0), 480.0, 400.0, 2800.0, 210.0),
}
