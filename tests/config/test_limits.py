"""Limits of a cell: plain numbers, and in no key."""

from __future__ import annotations

import pytest

from asdbench.config.experiment import Experiment
from asdbench.config.limits import UNLIMITED, Limits
from asdbench.config.schema import build


def test_an_experiment_has_none_unless_it_says_so() -> None:
    assert Experiment().limits == UNLIMITED == Limits(None, None, isolated=False)
    limits = {"seconds": 600, "isolated": True}
    assert build(Experiment, {"limits": limits}, "mine").limits == Limits(600, None, isolated=True)


@pytest.mark.parametrize("name", ["seconds", "gigabytes"])
@pytest.mark.parametrize("value", [0, -1.5])
def test_a_limit_is_more_than_nothing(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=rf"limits.{name} = {value}; give more than 0"):
        Limits(**{name: value})  # type: ignore[arg-type]


def test_another_limit_is_unknown() -> None:
    with pytest.raises(ValueError, match="no field 'second'; did you mean seconds"):
        build(Experiment, {"limits": {"second": 1}}, "mine")
