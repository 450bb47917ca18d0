"""From p values to letters, by hand."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asdbench.evaluation import significance


def test_holms_correction_by_hand() -> None:
    # 0.01 x 4; 0.02 x 3; 0.03 x 2, not less than the one before; 0.5 x 1.
    assert significance.holm([0.03, 0.5, 0.01, 0.02]) == pytest.approx([0.06, 0.5, 0.04, 0.06])
    assert significance.holm([0.6, 0.7]) == [1, 1]
    assert significance.holm([]) == []


@given(st.integers(1, 7), st.data())
def test_rows_share_a_letter_unless_they_differ(rows: int, data: st.DataObject) -> None:
    pairs = list(combinations(range(rows), 2))
    different = data.draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    found = significance.letters(rows, different)
    assert all(found)
    for a, b in pairs:
        assert bool(set(found[a]) & set(found[b])) == ((a, b) not in different)


def test_letters_by_hand() -> None:
    assert significance.letters(3, []) == ["a", "a", "a"]
    assert significance.letters(3, [(0, 2)]) == ["a", "ab", "b"]
    assert significance.letters(3, [(0, 1), (0, 2), (1, 2)]) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("first", "second", "share"),
    [
        ([3, 3, 3], [1, 2, 2.5], 0),
        ([3, 1], [1, 3], 1),
        ([3, 3, 1], [1, 1, 3], 2 / 3),
        ([3, 1], [1, 1], 0.5),
        ([1], [2], None),
    ],
)
def test_flips_count_pairs_of_repeats(first: list, second: list, share: float | None) -> None:
    assert significance.flips(first, second) == (None if share is None else pytest.approx(share))
