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


def blade_pass(sound, hertz):
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    at = np.fft.rfftfreq(len(sound), 1 / 16_000)
    near = np.abs(at / hertz - 1) < 0.1
    return np.average(at[near], weights=power[near] ** 2)


def test_at_part_load_blades_pass_more_slowly_and_more_quietly():
    full, part = alone(FAN), alone(FAN, load=0.8)
    usual = FAN.speed * FAN.blades
    assert blade_pass(part, 0.8 * usual) / blade_pass(full, usual) == pytest.approx(0.8, abs=0.005)
    assert 2.0 < 20 * np.log10(np.std(full) / np.std(part)) < 4.0


def test_a_worn_fan_flows_a_little_more_roughly():
    rise = band_decibels(alone(FAN, wear=1.0), 2000, 4000) - band_decibels(alone(FAN), 2000, 4000)
    assert 0.5 < rise < 1.0


def test_a_clogged_fan_flows_roughly_and_its_blades_pass_more_slowly():
    sick, healthy = alone(FAN, "clogging"), alone(FAN)
    usual = FAN.speed * FAN.blades
    assert blade_pass(sick, usual) / blade_pass(healthy, usual) == pytest.approx(0.97, abs=0.005)
    low, high = 1500, 4000  # above the strong tones
    assert 1.5 < band_decibels(sick, low, high) - band_decibels(healthy, low, high) < 4.5
