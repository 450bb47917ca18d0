"""Results by kind of clip as boards arrange them."""

from __future__ import annotations

from dataclasses import replace

import boards
import pytest
from asdbench_leaderboards import _kinds
from asdbench_leaderboards._kinds import Complement
from hand_made import spread
from kinds_of_clips import KINDS, with_kinds

from asdbench.evaluation import Agreement, Behind, Board, Difference, FoundBy, Slice

DEV = "development"


@pytest.fixture(scope="module")
def board() -> Board:
    return with_kinds(boards.made(["a", "b", "c"], machines={"fan": 2}))


def test_kinds_of_a_subset_are_by_tag(board: Board) -> None:
    found = _kinds.by_tag(board, DEV)
    assert {tag: tuple(one.value for one in of) for tag, of in found.items()} == KINDS
    assert {one.subset for of in found.values() for one in of} == {DEV}
    assert len(_kinds.means(found["fault"])) == 9
    assert _kinds.by_tag(replace(board, slices=[]), DEV) == {}


def test_rows_that_cannot_be_told_from_the_best_lead_with_it() -> None:
    told, close = (Difference(0.0, 0.2, 0.01, p) for p in (0.04, 0.06))
    behind = {"b": Behind(0.1, told, close, None), "c": Behind(0.2, told, told, close)}
    rows = {label: spread(0.9) for label in "abc"}
    one = Slice(DEV, "fault", "leak", ["fan"], 9, 3, rows, "a", behind)
    assert _kinds.leading(one, "clips") == {"a"}
    assert _kinds.leading(one, "here") == {"a", "b"}
    assert _kinds.leading(one, "elsewhere") == {"a", "b", "c"}  # where none can tell


def test_only_tags_on_a_scale_are_drawn(board: Board) -> None:
    drawn = list(_kinds.scales(board))
    assert [one["tag"] for one in drawn if one["subset"] == DEV] == ["severity"] * 3 + ["snr"] * 3
    assert set(drawn[0]["rows"]["a"]) == {"mean", "sd", "here"}
    assert {one["subset"] for one in drawn} == {DEV, "evaluation"}


def test_what_a_column_finds_and_a_row_does_not_goes_into_their_cell() -> None:
    pairs = [
        Agreement(DEV, "a", "b", 3, 0.5, FoundBy(both=5, first=4, second=1, neither=0)),
        Agreement(DEV, "a", "c", 3, None, FoundBy(both=5, first=0, second=2, neither=0)),
    ]
    assert _kinds.complements(pairs) == {
        ("a", "b"): Complement(1, 0.5, most=False),
        ("a", "c"): Complement(2, None, most=True),
        ("b", "a"): Complement(4, 0.5, most=True),
        ("c", "a"): Complement(0, None, most=False),
    }


def test_agreements_are_those_of_the_subset(board: Board) -> None:
    assert {(one.first, one.second) for one in _kinds.agreements_of(board, DEV)} == {
        ("a", "b"),
        ("a", "c"),
        ("b", "c"),
    }
