"""What a board tells by kind of clip and of two rows' agreement, as JSON has it."""

from __future__ import annotations

from asdbench.evaluation.board import Board
from asdbench.evaluation.breakdown import Agreement, FoundBy, Slice


def test_they_are_in_the_board_as_plain_data(small_board: Board) -> None:
    made = small_board.as_dict()
    [one], [pair] = small_board.slices, small_board.agreements
    assert isinstance(one, Slice)
    assert isinstance(pair, Agreement)
    assert made["slices"][0]["rows"]["wide"]["mean"] == 0.6
    assert made["agreements"][0]["found_by"] == {"both": 1, "first": 3, "second": 2, "neither": 1}
    assert FoundBy(**made["agreements"][0]["found_by"]) == pair.found_by
