"""Faults of colour: each is what it says, by as much as it says."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from waves import RATE, band_level, level, noise, peak_hertz, times

from asdbench.config.frontend import Frontend
from asdbench.data.mel import logmel
from asdbench.data.proxy import loops, spectrum
from asdbench.data.proxy.families import FAMILIES


@pytest.mark.parametrize("decibels", FAMILIES["band_flow"].strengths)
def test_band_flow_raises_one_octave_by_its_decibels(decibels: float) -> None:
    """Where the clip's spectrum is steep too, and nothing outside of the octave."""
    slope = 1 / (1 + np.square(loops.frequencies(noise(0), RATE) / 500))
    wave = loops.filtered(noise(0), slope.astype(complex))
    shares = []
    for seed in range(8):
        added = spectrum.band_flow(wave, RATE, np.random.default_rng(seed), decibels) - wave
        centre = loops.draw_hertz(np.random.default_rng(seed), RATE, 500, 6000)
        loud = np.abs(added) > 0.01 * np.abs(added).max()
        shares.append(np.mean(np.convolve(loud, np.ones(400), "same") > 0))
        power = loops.power_within(added, RATE, centre, 1) / shares[-1]
        rise = 1 + power / loops.power_within(wave, RATE, centre, 1)
        assert 10 * np.log10(rise) == pytest.approx(decibels, abs=0.3)
        for outside in (centre / 4, centre * 4):
            assert loops.power_within(added, RATE, outside, 2) < 1e-3 * power
    assert 0.59 < min(shares) < 0.75
    assert 0.85 < max(shares) <= 1.01


@pytest.mark.parametrize("decibels", FAMILIES["resonance"].strengths)
def test_resonance_is_a_peak_or_dip_of_its_decibels_at_a_strong_peak(decibels: float) -> None:
    lines = (300, 700, 1300, 2500, 4100)
    wave = noise(0, level=0.01) + sum(0.1 * np.sin(2 * np.pi * f * times()) for f in lines)
    found = set()
    for seed in range(18):
        made = spectrum.resonance(wave, RATE, np.random.default_rng(seed), decibels)
        moved = np.array([band_level(made, f, 0.01) - band_level(wave, f, 0.01) for f in lines])
        at = int(np.argmax(np.abs(moved)))
        assert abs(moved[at]) == pytest.approx(decibels, abs=0.5)
        assert np.abs(np.delete(moved, at)).max() < 0.5 * decibels
        found.add((lines[at], np.sign(moved[at])))
    assert len(found) >= 7, "most lines, up and down"


@pytest.mark.parametrize("q", [2.0, 6.0])
def test_the_peaking_filter_is_as_wide_as_q_says(q: float) -> None:
    hertz = np.linspace(1, 8000, 80_000)
    gain = 20 * np.log10(np.abs(spectrum.peaking(hertz, 1000, q, 6.0)))
    half = hertz[gain > 3.0]
    assert gain.max() == pytest.approx(6.0, abs=1e-3)
    assert (half[-1] - half[0]) == pytest.approx(1000 / q, rel=0.01)


@pytest.mark.parametrize("percent", [-8.0, -2.0, 2.0, 4.0, 8.0])
def test_warp_moves_lines_linearly_towards_the_ends_of_the_octave(percent: float) -> None:
    low, middle = 1000.0, 1000 * 2**0.5
    lines = (600.0, 1190.0, middle, 1700.0, 2400.0)
    wave = noise(0, level=0.001) + sum(0.05 * np.sin(2 * np.pi * f * times()) for f in lines)
    made = spectrum.warped(wave, RATE, low, percent)
    for line in lines:
        up, down = (line - low) / (middle - low), (2 * low - line) / (2 * low - middle)
        expected = line + middle * percent / 100 * np.clip(min(up, down), 0, None)
        near = np.fft.rfft(made * np.hanning(len(made)))
        near[np.abs(loops.frequencies(made, RATE) - expected) > 0.04 * expected] = 0
        assert peak_hertz(np.fft.irfft(near)) == pytest.approx(expected, rel=0.004)
    assert level(made) == pytest.approx(level(wave), abs=0.1)


def test_warp_keeps_events_in_their_place_and_pauses_quiet() -> None:
    since = times() % 0.5
    wave = noise(0, level=0.0003) + 0.5 * np.exp(-since / 0.004) * np.sin(2 * np.pi * 1414 * since)
    pause = np.abs(since - 0.25) < 0.1
    octave = np.abs(loops.octaves_from(loops.frequencies(wave, RATE), 1414)) < 0.6
    for percent in (2.0, 8.0):
        made = spectrum.warped(loops.closed(wave, RATE), RATE, 1000, percent)
        around = np.square(made[np.minimum(since, 0.5 - since) < 0.03])
        assert around.sum() > 0.97 * np.square(made).sum()
        before, now = (loops.filtered(w, octave.astype(complex)) for w in (wave, made))
        assert level(now[pause]) - level(before[pause]) < 1.5


def test_a_warp_of_next_to_nothing_changes_next_to_nothing() -> None:
    """Where parts that moved differently overlap they beat, however little they moved."""
    wave = loops.closed(noise(0), RATE)
    made = spectrum.warped(wave, RATE, 1000, 0.2)
    both = torch.from_numpy(np.stack([wave, made]))
    spread = logmel(both, Frontend()).std(dim=2)[:, 46:69].mean(dim=1)  # 1 to 2 kHz
    assert float(spread[1] - spread[0]) == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize("decibels", FAMILIES["tone"].strengths)
def test_tone_is_a_line_or_a_notch_of_its_decibels_against_its_third_octave(
    decibels: float,
) -> None:
    wave = noise(0)
    kinds = set()
    for seed in range(16):
        made = spectrum.tone(wave, RATE, np.random.default_rng(seed), decibels)
        hertz = loops.draw_hertz(np.random.default_rng(seed), RATE, 100, 6000)
        added = made - wave
        line = np.abs(np.fft.rfft(added)).max() ** 2 * 2 / len(added) ** 2 > 0.5 * np.mean(added**2)
        kinds.add(bool(line))
        if line:
            above = level(added) - band_level(wave, hertz, 1 / 3)
            assert above == pytest.approx(decibels, abs=0.01)
        else:
            gain = np.abs(np.fft.rfft(made) / np.fft.rfft(wave))
            assert 20 * np.log10(gain.min()) == pytest.approx(-decibels, abs=0.01)
            deepest = loops.frequencies(wave, RATE)[np.argmin(gain)]
            assert deepest == pytest.approx(hertz, rel=0.01)
    assert kinds == {True, False}
