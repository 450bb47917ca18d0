"""Fans: what their faults do to their sound."""

import numpy as np
import pytest
from machines import alone, band_decibels, envelope_line

from asdbench.data.synthetic.fan import UNITS

FAN = UNITS["00"]


@pytest.mark.parametrize("fault", ["imbalance", "bearing"])
def test_a_fan_fault_modulates_the_sound_at_its_rate(fault):
    sick, healthy = alone(FAN, fault), alone(FAN)
    rate = FAN.speed if fault == "imbalance" else FAN.speed * FAN.balls
    if fault == "bearing":  # listen where only the housing rings
        sick, healthy = np.diff(sick, 3), np.diff(healthy, 3)
    assert envelope_line(sick, rate) > envelope_line(healthy, rate) + 6


def test_a_clogged_fan_flows_roughly_and_its_blades_pass_more_slowly():
    def blade_pass(sound):
        power = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
        at = np.fft.rfftfreq(len(sound), 1 / 16_000)
        near = np.abs(at / (FAN.speed * FAN.blades) - 1) < 0.1
        return np.average(at[near], weights=power[near] ** 2)

    sick, healthy = alone(FAN, "clogging"), alone(FAN)
    assert blade_pass(sick) / blade_pass(healthy) == pytest.approx(0.97, abs=0.005)
    low, high = 1500, 4000  # above the strong tones
    assert 1.5 < band_decibels(sick, low, high) - band_decibels(healthy, low, high) < 4.5
