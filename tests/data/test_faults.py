"""Samples that can't be right, whatever machine they are of."""

from __future__ import annotations

import numpy as np
import pytest

from asdbench.data.faults import A_HOLE, AT_THE_RAILS, SILENT, clipped, faults_of

SINE = np.sin(np.arange(16000) * 0.1)


def as_int16(x: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(x * 32768), -32768, 32767).astype(np.int16)


def test_a_constant_and_the_last_bits_noise_are_silence() -> None:
    dither = np.random.default_rng(0).integers(-1, 2, 16000)
    for dead in (np.zeros(16000), np.full(16000, 500), dither, np.zeros(1)):
        assert faults_of(dead.astype(np.int16)) == [SILENT]
    assert faults_of(as_int16(0.001 * SINE)) == []


def test_clipping_is_told_from_peaks() -> None:
    assert faults_of(as_int16(SINE)) == []
    assert faults_of(as_int16(3 * SINE)) == [AT_THE_RAILS]
    shares = clipped(np.stack([as_int16(SINE), as_int16(3 * SINE)]))
    assert shares[0] == 0
    assert shares[1] > 0.5


@pytest.mark.parametrize("start", [0, 700, 14_400])
def test_a_hole_is_a_constant_of_a_tenth_wherever_it_is(start: int) -> None:
    noise = np.random.default_rng(0).integers(-300, 300, 16_000).astype(np.int16)
    assert faults_of(noise) == []
    noise[start : start + 1600] = 7
    assert faults_of(noise) == [A_HOLE]
    noise[start + 800] = 8
    assert faults_of(noise) == []


@pytest.mark.parametrize(("each", "found"), [(99, []), (200, [A_HOLE])])
def test_many_short_holes_are_one_if_they_are_longer_than_chance(
    each: int, found: list[str]
) -> None:
    noise = np.random.default_rng(0).integers(-300, 300, 16_000).astype(np.int16)
    for start in range(0, 16_000, 800):
        noise[start : start + each] = 0
    assert faults_of(noise) == found
