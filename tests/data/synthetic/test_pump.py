"""Pumps: what their faults do to their sound."""

import numpy as np
from machines import alone, band_decibels, envelope_line

from asdbench.data.synthetic.pump import UNITS

PUMP = UNITS["00"]


def louder(fault: str, low: float, high: float) -> float:
    return band_decibels(alone(PUMP, fault), low, high) - band_decibels(alone(PUMP), low, high)


def test_a_leak_whistles_over_the_octave_of_its_slit_and_the_pulsation_weakens():
    added = alone(PUMP, "leak") - alone(PUMP)
    octaves = [band_decibels(added, f / 2**0.5, f * 2**0.5) for f in PUMP.slit * np.array([0.5, 1])]
    assert octaves[1] > octaves[0] + 3
    assert octaves[1] > band_decibels(added, PUMP.slit * 2, 8000) + 3
    assert louder("leak", PUMP.slit / 2**0.5, PUMP.slit * 2**0.5) > 3
    assert -2.3 < louder("leak", 20, 120) < -1.7


def test_collapsing_bubbles_ring_the_casing_behind_each_vane():
    casing = louder("cavitation", 0.9 * PUMP.casing, 1.1 * PUMP.casing)
    assert casing > 3
    assert casing > louder("cavitation", 20, 300) + 3
    ringing = alone(PUMP, "cavitation") - alone(PUMP)
    assert envelope_line(ringing, PUMP.vanes * PUMP.speed) > 6


def test_a_clogged_outlet_raises_the_pulsation_and_the_flow_surges():
    assert 4.5 < louder("clogging", 20, 120) < 7.0

    def swing(sound):  # of the level, over half-seconds
        levels = np.sqrt(np.mean(np.square(sound.reshape(-1, 4000)), axis=1))
        return np.ptp(levels) / np.mean(levels)

    assert swing(alone(PUMP, "clogging")) > 2 * swing(alone(PUMP))
