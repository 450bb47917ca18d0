"""Faults of what turns: each is what it says, by as much as it says."""

from __future__ import annotations

import numpy as np
import pytest
from waves import RATE, band_level, level, noise, peak_hertz, times

from asdbench.data.proxy import loops, rotation
from asdbench.data.proxy.families import FAMILIES


@pytest.mark.parametrize("percent", FAMILIES["speed"].strengths)
def test_speed_moves_a_tone_by_its_percentage(percent: float) -> None:
    wave = loops.closed(0.1 * np.sin(2 * np.pi * 1500 * times()) + noise(0, level=0.001), RATE)
    made = [rotation.speed(wave, RATE, np.random.default_rng(seed), percent) for seed in range(8)]
    found = [100 * (peak_hertz(m) / 1500 - 1) for m in made]
    assert np.abs(found) == pytest.approx(percent, abs=0.02)
    assert min(found) < 0 < max(found)


def test_speed_changes_the_rhythm_too_at_all_frequencies() -> None:
    """Also at the top, whose place in the spectrum is kept."""
    wave = noise(0, level=0.001)
    wave[RATE // 4 :: RATE // 2] += 0.5
    ratios = set()
    for seed in range(6):
        made = rotation.speed(loops.closed(wave, RATE), RATE, np.random.default_rng(seed), 5.0)
        top = loops.filtered(made, (loops.frequencies(made, RATE) > 7400).astype(complex))
        assert abs(made[0] - made[-1]) < 0.005, "the ends meet, as a normal clip's do"
        assert abs(made[0] - made[-1]) > 1e-6, "but are not mirrored there"
        for heard in (made, top):
            loud = np.flatnonzero(np.abs(heard) > 0.5 * np.abs(heard).max())
            beats = loud[np.diff(loud, prepend=-RATE) > RATE / 10]
            ratios.add(round(0.5 * RATE / float(np.median(np.diff(beats))), 3))
    assert ratios == {0.95, 1.05}


@pytest.mark.parametrize("percent", FAMILIES["speed"].strengths)
def test_speed_leaves_no_hole_below_half_the_rate(percent: float) -> None:
    wave = loops.closed(noise(0), RATE)
    for seed in range(4):
        made = rotation.speed(wave, RATE, np.random.default_rng(seed), percent)
        for hertz in (6900, 7300, 7500, 7700, 7900):
            narrow = band_level(made, hertz, 0.02) - band_level(wave, hertz, 0.02)
            assert narrow == pytest.approx(0, abs=1.5)


@pytest.mark.parametrize("decibels", FAMILIES["impulses"].strengths)
def test_impulses_have_their_level_mode_and_rate(decibels: float) -> None:
    wave = noise(0)
    for seed in range(6):
        added = rotation.impulses(wave, RATE, np.random.default_rng(seed), decibels) - wave
        assert level(added) - level(wave) == pytest.approx(decibels, abs=0.01)
        assert 1400 < np.argmax(np.abs(np.fft.rfft(added))) / 4 < 6100
        blows = np.abs(added) > 0.7 * np.abs(added).max()
        count = 1 + np.sum(np.diff(np.flatnonzero(blows)) > RATE / 300)
        assert 8 * 3.5 <= count <= 120 * 4.3


def test_impulses_come_at_intervals_that_vary_by_two_percent() -> None:
    for seed in range(6):
        added = rotation.impulses(noise(0), RATE, np.random.default_rng(seed), 0.0) - noise(0)
        loud = np.flatnonzero(np.abs(added) > 0.7 * np.abs(added).max())
        intervals = np.diff(loud[np.diff(loud, prepend=-RATE) > RATE / 300])
        low, high = np.percentile(intervals, [16, 84])
        assert (high - low) / 2 / np.median(intervals) == pytest.approx(0.02, abs=0.006)


@pytest.mark.parametrize("depth", FAMILIES["modulation"].strengths)
def test_modulation_has_its_depth_and_a_rate_of_half_to_forty_hertz(depth: float) -> None:
    rates = []
    for seed in range(20):
        swell = rotation.modulation(np.ones(4 * RATE), RATE, np.random.default_rng(seed), depth)
        assert swell.max() == pytest.approx(1 + depth, abs=1e-3)
        assert swell.min() == pytest.approx(1 - depth, abs=1e-3)
        rates.append(np.sum(np.diff(np.sign(swell - 1)) != 0) / 8)
    assert 0.3 < min(rates) < 2
    assert 15 < max(rates) < 41
