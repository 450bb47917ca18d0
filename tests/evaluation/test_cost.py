"""Where the frontier of figure against cost lies."""

from __future__ import annotations

import pytest

from asdbench.evaluation.cost import frontier


@pytest.mark.parametrize(
    ("points", "wanted"),
    [
        ([], []),
        ([(1, 0.5)], [True]),
        ([(1, 0.5), (2, 0.6), (3, 0.55)], [True, True, False]),
        ([(1, 0.5), (2, 0.5)], [True, False]),
        ([(1, 0.5), (1, 0.6)], [False, True]),
        ([(2, 0.7), (2, 0.7), (1, 0.1)], [True, True, True]),
    ],
)
def test_no_other_costs_less_and_gives_more(
    points: list[tuple[float, float]], wanted: list[bool]
) -> None:
    assert frontier(points) == wanted
