"""Limits of a cell: plain numbers, and in no key."""

from __future__ import annotations

import re

import pytest

from asdbench.config.experiment import Experiment
from asdbench.config.limits import UNLIMITED, Limits
from asdbench.config.schema import build


def test_an_experiment_has_none_unless_it_says_so() -> None:
    assert Experiment().limits == UNLIMITED == Limits(None, None, isolated=False)
    limits = {"seconds": 600, "isolated": True}
    assert build(Experiment, {"limits": limits}, "mine").limits == Limits(600, None, isolated=True)


@pytest.mark.parametrize("name", ["seconds", "gigabytes"])
@pytest.mark.parametrize(
    ("value", "said"), [(0, "at least 0.0"), (-1.5, "at least 0.0"), (1e300, "less,")]
)
def test_a_limit_is_one_that_can_be_kept(name: str, value: float, said: str) -> None:
    with pytest.raises(ValueError, match=rf"limits.{name} = {re.escape(str(value))}; give {said}"):
        Limits(**{name: value})  # type: ignore[arg-type]


def test_another_limit_is_unknown() -> None:
    with pytest.raises(ValueError, match="no field 'second'; did you mean seconds"):
        build(Experiment, {"limits": {"second": 1}}, "mine")
