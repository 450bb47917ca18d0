"""The parts of a board: which figures they have, and that nobody changes them."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields

import pytest

from asdbench.evaluation.board import Board
from asdbench.evaluation.figures import FIGURES, IdFigures, MachineFigures, Row, Spread


def test_rows_and_machine_types_have_every_figure_and_ids_those_that_an_id_can_have() -> None:
    for part in (Row, MachineFigures):
        assert [field.name for field in fields(part) if field.type == "Spread"] == list(FIGURES)
    of_id = [field.name for field in fields(IdFigures) if field.type == "Spread"]
    assert of_id == ["auc", "pauc", "mean_auc_pauc"]


def test_a_figure_has_no_intervals_unless_they_are_given() -> None:
    spread = Spread(0.5, None, [0.5])
    assert (spread.here, spread.elsewhere) == (None, None)


def test_figures_are_frozen(small_board: Board) -> None:
    with pytest.raises(FrozenInstanceError):
        small_board.rows[0].auc.mean = 1.0  # type: ignore[misc]
