"""What differs from clip to clip of a healthy machine."""

from collections import Counter

import numpy as np
import pytest

from asdbench.data.synthetic.conditions import LOADS, SOURCE, TARGET, Microphone, conditions

DRAWN = {
    domain: [conditions(np.random.default_rng(seed), domain) for seed in range(300)]
    for domain in (None, SOURCE, TARGET)
}


@pytest.mark.parametrize("domain", [None, SOURCE, TARGET])
def test_loads_and_noise_levels_are_as_frequent(domain):
    for field, kinds in (("operating_point", 2), ("signal_to_noise_db", 3)):
        counts = Counter(getattr(given, field) for given in DRAWN[domain])
        assert len(counts) == kinds
        assert min(counts.values()) > 0.7 * 300 / kinds


def test_no_domain_is_as_the_source():
    assert DRAWN[None] == DRAWN[SOURCE]


def test_the_target_has_other_loads_and_a_louder_brighter_factory():
    assert {c.load for c in DRAWN[SOURCE]} == set(LOADS.values())
    assert {c.load for c in DRAWN[SOURCE]}.isdisjoint(c.load for c in DRAWN[TARGET])
    for source, target in zip(DRAWN[SOURCE], DRAWN[TARGET], strict=True):
        assert target.signal_to_noise_db < source.signal_to_noise_db
        assert target.slope < source.slope
        assert target.wear == source.wear


def test_a_microphone_hears_the_sound_its_echo_and_its_tilt():
    click = np.zeros(100)
    click[10] = 1.0
    heard = Microphone(gain=2.0, tilt=-0.1, echo=0.25, delay=40).hears(click)
    assert dict(enumerate(heard[heard != 0.0])) == {0: 2.0, 1: -0.2, 2: 0.5}
    assert list(np.flatnonzero(heard)) == [10, 11, 50]
    assert click.sum() == 1.0
