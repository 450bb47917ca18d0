"""Sliders: a stop at the end of each stroke, and what faults add."""

import numpy as np
import pytest
from machines import RATE, alone, band_decibels

from asdbench.data.synthetic.slider import UNITS

SLIDER = UNITS["00"]


def blows(sound: np.ndarray) -> int:
    """How often the sound rises above most of a blow at the stop, 0.2 s apart at least."""
    loud = np.flatnonzero(np.abs(sound) > 0.5 * np.abs(sound).max())
    return int(np.sum(np.diff(loud, prepend=-RATE) > 0.2 * RATE))


def test_the_carriage_meets_the_stop_once_a_stroke():
    assert blows(alone(SLIDER, seconds=10.0)) == pytest.approx(20.0 / SLIDER.cycle, abs=1)


def test_pits_in_the_rail_click_at_the_same_places_out_and_back():
    clicks = alone(SLIDER, "rail") - alone(SLIDER)
    assert np.count_nonzero(np.abs(clicks) > 1e-6) > 0
    loud = np.flatnonzero(np.abs(clicks) > 0.5 * np.abs(clicks).max())
    count = np.sum(np.diff(loud, prepend=-RATE) > 0.01 * RATE)
    assert count == pytest.approx(6 * 8.0 / SLIDER.cycle, abs=4)  # three, out and back
    power = np.abs(np.fft.rfft(clicks))
    assert np.argmax(power) * RATE / len(clicks) == pytest.approx(SLIDER.rail, rel=0.01)


def test_a_dry_rail_rubs_louder_by_its_decibels_and_by_its_slips():
    low, high = SLIDER.friction
    rise = band_decibels(alone(SLIDER, "grease"), low, high) - band_decibels(
        alone(SLIDER), low, high
    )
    assert 10.0 < rise < 13.0  # 8 dB, and 3.6 dB by a modulation of 1.6


def test_a_slack_belt_slaps_at_its_guard_and_strikes_the_stop_again():
    healthy, slack = alone(SLIDER), alone(SLIDER, "belt")
    guard = (0.9 * SLIDER.guard, 1.1 * SLIDER.guard)
    assert band_decibels(slack, *guard) > band_decibels(healthy, *guard) + 3
    stop = (0.95 * SLIDER.stop, 1.05 * SLIDER.stop)
    assert band_decibels(slack, *stop) > band_decibels(healthy, *stop) + 1.5
