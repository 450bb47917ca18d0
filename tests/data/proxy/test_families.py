"""The families of faults: for whom they are, and that a fault is all that differs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from waves import RATE, level, noise

from asdbench.data.proxy import loops
from asdbench.data.proxy.families import FAMILIES, GRADES, VERSION, corrupted, families_of
from asdbench.data.proxy.nuisances import nuisances
from asdbench.data.synthetic.takes import Take

# The clip below at full strength, multiplied with the same random numbers.
PINNED = {
    "nuisances": -0.19606168,
    "speed": 2.20109975,
    "impulses": 0.06211365,
    "band_flow": -0.74523021,
    "resonance": -0.14219731,
    "warp": -0.14866874,
    "modulation": -0.00158590299,
    "tone": 0.08687774,
    "event_edit": 1.25729966,
}


def slider() -> np.ndarray:
    """A second of a healthy machine with all that a family could look for: lines, noise, events."""
    return Take("slider", "00", "train", 0, seconds=1.0).record() / 32768


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
