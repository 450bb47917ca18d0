"""Nuisances stay within their ranges, and use them."""

from __future__ import annotations

import numpy as np
import pytest
from waves import RATE, band_level, level, noise, times

from asdbench.data.proxy.nuisances import nuisances, remixed


def test_level_moves_by_two_decibels_at_most_and_uses_that_range() -> None:
    wave = noise(0, 0.5)
    moves = [
        level(nuisances(wave, RATE, np.random.default_rng(i))) - level(wave) for i in range(60)
    ]
    assert -2.05 < min(moves) < -1.7
    assert 1.7 < max(moves) < 2.05


def test_a_clip_begins_anywhere_in_a_background_up_to_three_decibels_off() -> None:
    wave = noise(0) + 0.05 * np.sin(2 * np.pi * 1000 * times())
    wave[0] += 2.0
    made = [nuisances(wave, RATE, np.random.default_rng(seed)) for seed in range(16)]
    starts = [int(np.argmax(np.abs(m))) / len(m) for m in made]
    assert np.histogram(starts, bins=4, range=(0, 1))[0].min() > 0
    against_line = [band_level(m, 4000, 0.3) - band_level(m, 1000, 0.001) for m in made]
    assert 3.5 < max(against_line) - min(against_line) < 6.0


@pytest.mark.parametrize("decibels", [-3.0, 3.0])
def test_the_background_moves_against_lines_and_events(decibels: float) -> None:
    line = 0.05 * np.sin(2 * np.pi * 1000 * times())
    wave = noise(0) + line
    made = remixed(wave, RATE, decibels)
    background = np.mean([band_level(made, f, 0.3) - band_level(wave, f, 0.3) for f in (500, 4000)])
    tone = band_level(made, 1000, 0.001) - band_level(wave, 1000, 0.001)
    assert background - tone == pytest.approx(decibels, abs=0.8)
    striking = times() % 0.5 < 0.03
    wave = noise(0) + 0.5 * striking * np.sin(2 * np.pi * 2000 * times())
    made = remixed(wave, RATE, decibels)
    between = (times() % 0.5 > 0.15) & (times() % 0.5 < 0.4)
    background = level(made[between]) - level(wave[between])
    strike = level(made[striking]) - level(wave[striking])
    assert background - strike == pytest.approx(decibels, abs=0.8)
    assert level(made) == pytest.approx(level(wave), abs=0.01)


def test_a_clip_that_is_all_background_is_not_remixed() -> None:
    wave = noise(0)
    made = remixed(wave, RATE, 3.0)
    for hertz in (250, 1000, 4000):
        assert band_level(made, hertz, 1) == pytest.approx(band_level(wave, hertz, 1), abs=0.15)
