"""A clip as a loop: closed without a click, filtered and measured as a whole."""

from __future__ import annotations

import numpy as np
import pytest
from waves import RATE, level, noise, times

from asdbench.data.proxy import loops


def test_a_clip_is_closed_to_a_loop_without_a_click() -> None:
    ramp = np.linspace(-0.5, 0.5, RATE) + noise(0, 1.0, 0.001)  # its ends are far apart
    made = loops.closed(ramp, RATE)
    assert abs(made[0] - made[-1]) < 0.01 < abs(ramp[0] - ramp[-1])
    np.testing.assert_array_equal(made[160:-160], ramp[160:-160])
    loud = [level(loops.closed(noise(i, 0.05), RATE)[:160]) for i in range(200)]
    assert np.mean(loud) == pytest.approx(level(noise(0)), abs=0.3)


def test_a_filter_that_passes_all_changes_nothing_and_one_that_passes_nothing_silences() -> None:
    wave = noise(0, 0.1)
    response = np.ones(len(loops.frequencies(wave, RATE)), dtype=complex)
    np.testing.assert_allclose(loops.filtered(wave, response), wave, atol=1e-12)
    assert not loops.filtered(wave, 0 * response).any()


def test_a_tones_power_lies_in_the_band_around_it() -> None:
    wave = 0.2 * np.sin(2 * np.pi * 1000 * times(1.0))
    assert loops.power_within(wave, RATE, 1000, 0.1) == pytest.approx(0.2**2 / 2)
    assert loops.power_within(wave, RATE, 2000, 0.5) == pytest.approx(0, abs=1e-12)
    assert loops.octaves_from(np.array([0.0, 500.0, 2000.0]), 1000.0).tolist() == [-np.inf, -1, 1]


def test_a_spectrum_is_put_together_from_bins_below_and_above_an_edge() -> None:
    spectrum = np.arange(1, 9, dtype=complex)
    bins = np.arange(8)
    hertz = 100.0 * bins
    kept = loops.rearranged(spectrum, bins, bins, hertz - 350)
    np.testing.assert_array_equal(kept, spectrum)
    moved = loops.rearranged(spectrum, bins, bins - 1, hertz - 350)
    np.testing.assert_allclose(moved, [1, 2, 3, 4, 4, 5, 6, 7], atol=1e-12)


def test_a_drawn_frequency_is_one_that_the_rate_can_hold() -> None:
    rng = np.random.default_rng(0)
    drawn = np.array([loops.draw_hertz(rng, RATE, 500, 6000) for _ in range(400)])
    assert 500 <= drawn.min() < 550
    assert 5500 < drawn.max() <= 6000
    assert np.median(drawn) == pytest.approx((500 * 6000) ** 0.5, rel=0.15)  # by octaves
    low = [loops.draw_hertz(rng, 4000, 500, 6000) for _ in range(50)]
    assert max(low) <= 0.45 * 4000
    assert loops.draw_hertz(rng, 800, 500, 6000) == pytest.approx(0.45 * 800)
    assert {loops.either_sign(rng) for _ in range(20)} == {-1.0, 1.0}
