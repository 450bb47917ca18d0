"""Valves: what their faults do to their strokes."""

import numpy as np
import pytest
from machines import alone, band_decibels

from asdbench.data.synthetic.valve import UNITS

VALVE = UNITS["00"]


def test_a_valve_misses_strokes_but_never_all():
    def openings(severity, seconds):
        sound = alone(VALVE, "missed" if severity else None, severity, seconds)
        peaks = np.abs(sound).reshape(-1, 800).max(axis=1)  # of 50 ms each
        return np.sum((peaks[1:] > 0.9) & (peaks[:-1] < 0.9)), seconds / VALVE.period

    found, expected = openings(0.0, 10.0)
    assert found == pytest.approx(expected, abs=1)
    assert openings(1.0, 10.0)[0] == pytest.approx(0.3 * expected, abs=2)
    assert openings(1.0, 2.0)[0] >= 1


def test_at_part_load_there_is_less_pressure_to_hiss():
    full, part = (band_decibels(alone(VALVE, load=load), 6000.0, 8000.0) for load in (1.0, 0.8))
    assert full - part > 2.0


def test_a_leaking_valve_hisses_while_it_is_closed():
    def quietest(sound):
        levels = [band_decibels(part, *VALVE.hiss) for part in sound.reshape(-1, 800)]
        return np.percentile(levels, 20)

    assert quietest(alone(VALVE, "leak")) > quietest(alone(VALVE)) + 10
