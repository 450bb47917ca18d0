"""Pseudo-anomalies: nuisances stay within their ranges, and each fault is what its family says.

Waves are 16 kHz and four seconds long unless said otherwise. Levels are in dB.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
import torch

from asdbench.datasets.machine_sounds import Take
from asdbench.datasets.pseudo_anomalies import (
    FAMILIES,
    GRADES,
    VERSION,
    corrupted,
    events,
    families_of,
    loops,
    nuisances,
    rotation,
    spectrum,
)
from asdbench.datasets.pseudo_anomalies.nuisances import remixed
from asdbench.frontend import Frontend, logmel

RATE = 16_000


def noise(seed: int, seconds: float = 4.0, level: float = 0.05) -> np.ndarray:
    return level * np.random.default_rng(seed).standard_normal(round(seconds * RATE))


# The clip below at full strength, multiplied with the same random numbers.
PINNED = {
    "nuisances": -0.25405452,
    "speed": 0.30961476,
    "impulses": -0.00626170,
    "band_flow": -0.77040702,
    "resonance": 0.01695654,
    "warp": 0.85084198,
    "modulation": -0.60442489,
    "tone": -0.21028522,
    "event_edit": 0.14859601,
}


def slider() -> np.ndarray:
    """A second of a healthy machine with all that a family could look for: lines, noise, events."""
    return Take("slider", "00", "train", 0, seconds=1.0).record() / 32768


def level(wave: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(np.square(wave))))


def band_level(wave: np.ndarray, hertz: float, octaves: float) -> float:
    return 10 * np.log10(loops.power_within(wave, RATE, hertz, octaves))


def times(seconds: float = 4.0) -> np.ndarray:
    return np.arange(round(seconds * RATE)) / RATE


# --- which family is for whom


def test_families_suit_the_machine_type() -> None:
    for machine in ("fan", "pump", "ToyCar", "ToyConveyor"):
        assert {"impulses", "modulation"} < set(families_of(machine))
        assert "event_edit" not in families_of(machine)
    for machine in ("slider", "valve"):
        assert "event_edit" in families_of(machine)
        assert "modulation" not in families_of(machine)
    assert families_of("gearbox") == tuple(FAMILIES)
    assert families_of("Valve") == families_of("valve")


def test_a_changed_sound_needs_a_new_version() -> None:
    """Or what was decoded before would be taken for it."""
    random = np.random.default_rng(0).standard_normal(RATE)
    wave = nuisances(slider(), RATE, np.random.default_rng(1))
    found = {"nuisances": float(wave @ random)}
    for family in FAMILIES:
        made = corrupted(wave, RATE, np.random.default_rng(2), family, "strong")
        found[family] = float(made @ random)
    assert found == pytest.approx(PINNED, rel=1e-6)
    assert VERSION == 1


# --- nuisances


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


def test_a_clip_is_closed_to_a_loop_without_a_click() -> None:
    ramp = np.linspace(-0.5, 0.5, RATE) + noise(0, 1.0, 0.001)  # its ends are far apart
    made = loops.closed(ramp, RATE)
    assert abs(made[0] - made[-1]) < 0.01 < abs(ramp[0] - ramp[-1])
    np.testing.assert_array_equal(made[160:-160], ramp[160:-160])
    loud = [level(loops.closed(noise(i, 0.05), RATE)[:160]) for i in range(200)]
    assert np.mean(loud) == pytest.approx(level(noise(0)), abs=0.3)


# --- a fault is all that differs


@pytest.mark.parametrize(
    ("family", "none"),
    [
        ("speed", 0.0),
        ("impulses", -400.0),
        ("band_flow", 0.0),
        ("resonance", 0.0),
        ("warp", 0.0),
        ("modulation", 0.0),
        ("event_edit", (0, 10.0)),
    ],
)
def test_without_strength_nothing_changes(family: str, none: Any) -> None:
    wave = loops.closed(noise(0, 1.0), RATE)
    for seed in range(4):
        made = FAMILIES[family].change(wave, RATE, np.random.default_rng(seed), none)
        if family == "speed":  # begins elsewhere, and closes the loop again there
            made = np.roll(made, np.argmax(wave) - np.argmax(made))
            made[:160], made[-160:] = wave[:160], wave[-160:]
        np.testing.assert_allclose(made, wave, atol=1e-9)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_fault_changes_the_clip_and_its_level_only_where_that_is_the_fault(family: str) -> None:
    wave = nuisances(slider(), RATE, np.random.default_rng(0))
    for grade in GRADES:
        made = corrupted(wave, RATE, np.random.default_rng(3), family, grade)
        assert made.shape == wave.shape
        assert not np.allclose(made, wave, atol=1e-4)
        if family == "band_flow":
            assert level(made) > level(wave)
        else:
            assert level(made) == pytest.approx(level(wave), abs=1e-6)


@pytest.mark.parametrize("rate", [4000, 16_000, 44_100])
@pytest.mark.parametrize("samples", [50, 3001])
@pytest.mark.parametrize("kind", ["silence", "constant", "click"])
@pytest.mark.filterwarnings("error")
def test_odd_sounds_are_survived(kind: str, samples: int, rate: int) -> None:
    wave = np.full(samples, 0.1) if kind == "constant" else np.zeros(samples)
    if kind == "click":
        wave[samples // 2] = 0.5
    wave = nuisances(wave, rate, np.random.default_rng(1))
    assert np.isfinite(wave).all()
    for family in FAMILIES:
        made = corrupted(wave, rate, np.random.default_rng(1), family, "strong")
        assert made.shape == wave.shape
        assert np.isfinite(made).all()


# --- each family is what it says


def strengths(family: str) -> tuple[Any, Any, Any]:
    return FAMILIES[family].strengths


def peak_hertz(wave: np.ndarray) -> float:
    """The strongest line, between bins, by parabola through the log spectrum."""
    power = np.log(np.square(np.abs(np.fft.rfft(wave * np.hanning(len(wave))))) + 1e-30)
    k = int(np.argmax(power[1:-1])) + 1
    left, middle, right = power[k - 1 : k + 2]
    return float((k + 0.5 * (left - right) / (left - 2 * middle + right)) * RATE / len(wave))


@pytest.mark.parametrize("percent", strengths("speed"))
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


@pytest.mark.parametrize("percent", strengths("speed"))
def test_speed_leaves_no_hole_below_half_the_rate(percent: float) -> None:
    wave = loops.closed(noise(0), RATE)
    for seed in range(4):
        made = rotation.speed(wave, RATE, np.random.default_rng(seed), percent)
        for hertz in (6900, 7300, 7500, 7700, 7900):
            narrow = band_level(made, hertz, 0.02) - band_level(wave, hertz, 0.02)
            assert narrow == pytest.approx(0, abs=1.5)


@pytest.mark.parametrize("decibels", strengths("impulses"))
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


@pytest.mark.parametrize("decibels", strengths("band_flow"))
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


@pytest.mark.parametrize("decibels", strengths("resonance"))
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


@pytest.mark.parametrize("depth", strengths("modulation"))
def test_modulation_has_its_depth_and_a_rate_of_half_to_forty_hertz(depth: float) -> None:
    rates = []
    for seed in range(20):
        swell = rotation.modulation(np.ones(4 * RATE), RATE, np.random.default_rng(seed), depth)
        assert swell.max() == pytest.approx(1 + depth, abs=1e-3)
        assert swell.min() == pytest.approx(1 - depth, abs=1e-3)
        rates.append(np.sum(np.diff(np.sign(swell - 1)) != 0) / 8)
    assert 0.3 < min(rates) < 2
    assert 15 < max(rates) < 41


@pytest.mark.parametrize("decibels", strengths("tone"))
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


def strokes() -> np.ndarray:
    """A click of 20 ms every half second from 0.2 s on, under a hum that is far stronger."""
    wave = noise(0, level=0.002) + 2.0 * np.sin(2 * np.pi * 50 * times())
    ring = np.exp(-times(0.02) / 0.004) * np.sin(2 * np.pi * 2000 * times(0.02))
    for k in range(8):
        at = round((0.2 + 0.5 * k) * RATE)
        wave[at : at + len(ring)] += 0.5 * ring
    return wave


@pytest.mark.parametrize(("edits", "late_ms"), strengths("event_edit"))
def test_event_edits_are_as_many_as_asked_for_and_late_by_that_much(
    edits: int, late_ms: float
) -> None:
    wave = strokes()
    kinds, which = Counter(), set()
    for seed in range(12):
        made = events.event_edit(wave, RATE, np.random.default_rng(seed), (edits, late_ms))
        changed = 0
        for k in range(8):
            stroke = slice(round((0.18 + 0.5 * k) * RATE), round((0.62 + 0.5 * k) * RATE))
            before, after = wave[stroke], made[stroke]
            if np.array_equal(before, after):
                continue
            changed += 1
            which.add(k)
            high = np.abs(np.diff(after)) > 0.1
            blows = np.flatnonzero(high)
            blows = blows[np.diff(blows, prepend=-RATE) > 0.02 * RATE]
            shift = (blows - np.flatnonzero(np.abs(np.diff(before)) > 0.1)[0]) / RATE * 1000
            if len(shift) == 0:
                kinds["missed"] += 1
            elif len(shift) == 2:
                assert shift[0] == pytest.approx(0, abs=0.2)
                assert 40 <= shift[1] <= 150
                kinds["doubled"] += 1
            else:
                assert shift == pytest.approx(late_ms, abs=0.2)
                kinds["late"] += 1
        assert changed == edits
    assert set(kinds) == {"missed", "doubled", "late"}
    assert len(which) > 4, "any stroke may be the faulty one"
