"""The factory around every machine."""

import numpy as np
import pytest

from asdbench.data.synthetic import physics
from asdbench.data.synthetic.background import background

SAMPLES = 80_000


@pytest.mark.parametrize("samples", [SAMPLES, 31_999])
def test_it_has_the_length_asked_for_and_an_rms_of_1(samples):
    sound = background(np.random.default_rng(0), samples, 1.0)
    assert sound.shape == (samples,)
    assert physics.rms(sound) == pytest.approx(1.0)


def test_the_mains_hums_in_it():
    sound = background(np.random.default_rng(1), SAMPLES, 1.0)
    power = np.abs(np.fft.rfft(sound)) ** 2
    for hertz in (50, 100, 150):
        at = hertz * SAMPLES // physics.RATE
        around = np.r_[power[at - 20 : at - 3], power[at + 4 : at + 21]]
        assert power[at] > 10 * np.median(around)


def test_it_falls_towards_high_frequencies_and_no_two_are_alike():
    one, other = (background(np.random.default_rng(seed), SAMPLES, 1.0) for seed in (2, 3))
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.5
    power = np.abs(np.fft.rfft(one)) ** 2
    low, high = power[1_000:4_000].mean(), power[25_000:].mean()  # 200 to 800 Hz, above 5 kHz
    assert low > 5 * high
