"""The physics that the machines share: rotation, noise, ringing modes."""

import numpy as np
import pytest

from asdbench.data.synthetic import physics


def test_a_bearing_is_hit_so_many_times_a_turn():
    turns = physics.rotation(np.random.default_rng(0), 160_000, 25.0)
    assert len(physics.passes(3.1 * turns)) == pytest.approx(3.1 * 25.0 * 10.0, rel=0.04)


def test_noise_has_the_level_it_says():
    rng = np.random.default_rng(1)
    for response in (physics.band(300.0, 2000.0), physics.slope(1.0)):
        assert physics.rms(physics.noise(rng, 80_000, response)) == pytest.approx(1.0, rel=0.1)
    assert physics.noise(rng, 31_999, physics.slope(1.0)).shape == (31_999,)


def test_a_struck_mode_rings_at_its_frequency_and_dies_away():
    struck = physics.strikes(16_000, np.array([100]))
    sound = physics.ringing(struck, 1500.0, 0.01)
    assert np.argmax(np.abs(np.fft.rfft(sound))) == pytest.approx(1500, abs=3)
    assert np.abs(sound[:100]).max() == 0
    assert 0.95 < np.abs(sound).max() <= 1
    assert np.abs(sound[-1000:]).max() < 1e-9
