"""The cost of a row, from hand-made records of cells."""

from __future__ import annotations

from typing import Any

import pytest

from asdbench.evaluation import Cost
from asdbench.results.costs import cost_of


def cell(fit: float, score: float, clips: int, size: int | None = None) -> dict[str, Any]:
    sizes = {"parameters": size, "multiply_adds": None if size is None else 10 * size}
    return {"cost": {"fit_seconds": fit, "score_seconds": score, "clips": clips, **sizes}}


def test_machine_types_add_up_and_repeats_are_averaged() -> None:
    found = cost_of(
        {
            0: {"fan": cell(2, 0.5, 10, 7), "pump": cell(4, 1.5, 10, 9)},
            2: {"fan": cell(3, 1, 10, 7), "pump": cell(5, 1, 30, 9)},
        }
    )
    assert found == Cost(9, 90, fit_seconds=7.0, score_ms=pytest.approx((100 + 50) / 2))


def test_without_networks_there_is_no_size() -> None:
    assert cost_of({0: {"all": cell(1, 0, 0)}}) == Cost(None, None, 1.0, 0.0)


@pytest.mark.parametrize("older", [{}, {"cost": None}])
def test_a_row_with_an_older_cell_has_none(older: dict[str, Any]) -> None:
    assert cost_of({0: {"fan": cell(1, 1, 1)}, 1: {"fan": older}}) is None
    assert cost_of({}) is None
