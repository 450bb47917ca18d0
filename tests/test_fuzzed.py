"""Inputs at random are accepted whole, or refused by an error with their name; never else.

``ci/torture/fuzz.py`` does the same with a quarter of a million of them.
"""

from __future__ import annotations

import random

import pytest
from fuzz_mutations import spoiled
from fuzz_targets import TARGETS, Target, tried
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

EVERY = pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@EVERY
def test_whole_inputs_are_accepted(target: Target) -> None:
    assert all(tried(target, content) for content in target.seeds)


@EVERY
@given(st.randoms(use_true_random=False))
@QUICK
def test_spoiled_inputs_are_accepted_or_refused_by_name(target: Target, rng: random.Random) -> None:
    tried(target, spoiled(rng, target.seeds, target.head))


@EVERY
@given(st.one_of(st.binary(max_size=200), st.text(max_size=80).map(str.encode)))
@QUICK
def test_any_bytes_are_accepted_or_refused_by_name(target: Target, content: bytes) -> None:
    tried(target, content)
