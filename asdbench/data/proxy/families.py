"""Pseudo-anomalies: normal clips with a graded fault put into them, for tuning without anomalies.

A family is one kind of fault, a grade how strong it is. The families are those that change a
machine; noise, other machines, level and the moment that a recording starts are nuisances and go
to normal clips and pseudo-anomalies alike. Change any number in this package, and raise `VERSION`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from asdbench.data.proxy.events import event_edit
from asdbench.data.proxy.rotation import impulses, modulation, speed
from asdbench.data.proxy.spectrum import band_flow, resonance, tone, warp
from asdbench.data.synthetic.physics import Signal, rms

VERSION = 1
GRADES = ("mild", "medium", "strong")

Change = Callable[[Signal, int, np.random.Generator, Any], Signal]


@dataclass(frozen=True)
class Family:
    """One kind of fault: ``change(wave, rate, rng, strength)``, and its strength at each grade."""

    change: Change
    strengths: tuple[Any, Any, Any]
    louder: bool = False  # being louder is the fault, so that its level is left as it is


FAMILIES = {
    "speed": Family(speed, (1.0, 2.5, 5.0)),  # %
    "impulses": Family(impulses, (-24.0, -18.0, -12.0)),  # dB re clip
    "band_flow": Family(band_flow, (1.5, 3.0, 6.0), louder=True),  # dB over its octave
    "resonance": Family(resonance, (3.0, 6.0, 9.0)),  # dB
    "warp": Family(warp, (2.0, 4.0, 8.0)),  # %
    "modulation": Family(modulation, (0.15, 0.3, 0.6)),  # depth
    "tone": Family(tone, (3.0, 6.0, 12.0)),  # dB re local third octave
    "event_edit": Family(event_edit, ((1, 10.0), (2, 25.0), (4, 60.0))),  # edits, ms late
}

_ANY = ("speed", "band_flow", "resonance", "warp", "tone")
_ROTATING = (*_ANY, "impulses", "modulation")
_KNOWN = {
    "fan": _ROTATING,
    "pump": _ROTATING,
    "toycar": _ROTATING,
    "toyconveyor": _ROTATING,
    "slider": (*_ANY, "impulses", "event_edit"),  # impulses: the pits of a rail
    "valve": (*_ANY, "event_edit"),
}


def families_of(machine: str) -> tuple[str, ...]:
    """The families that make sense for a machine type, by its name; all of them if it's unknown."""
    known = _KNOWN.get(machine.lower(), tuple(FAMILIES))
    return tuple(name for name in FAMILIES if name in known)


def corrupted(wave: Signal, rate: int, rng: np.random.Generator, family: str, grade: str) -> Signal:
    """The wave with a fault of this family and grade, as loud as it was before.

    Loudness is kept so that a level meter doesn't find the fault, except where it is the fault.
    """
    chosen = FAMILIES[family]
    changed = chosen.change(wave, rate, rng, chosen.strengths[GRADES.index(grade)])
    loud = rms(changed)
    return changed if chosen.louder or loud == 0.0 else changed * (rms(wave) / loud)
