"""Fields that no method can work without."""

import math

import pytest
from asdbench_methods._fields import above_zero, at_least


def test_at_least_names_the_first_that_is_below():
    at_least(1, k=1, width=7.5)
    with pytest.raises(ValueError, match=r"^width = 0; it must be at least 1$"):
        at_least(1, k=1, width=0, size=0)
    with pytest.raises(ValueError, match=r"^share = 0\.25; it must be at least 0\.5$"):
        at_least(0.5, share=0.25)


@pytest.mark.parametrize("value", [0, -1e-9, math.nan])
def test_above_zero_names_the_first_that_is_not(value):
    above_zero(lr=1e-9)
    with pytest.raises(ValueError, match=rf"^lr = {value}; it must be above 0$"):
        above_zero(k=1, lr=value)
