"""Numbers as the page says them."""

from __future__ import annotations

import pytest
from asdbench_leaderboards import _page_words


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, _page_words.MISSING),
        (0.04, "0.0 s"),
        (59.94, "59.9 s"),
        (60, "1 min"),
        (3569, "59 min"),
        (3599, "1 h 00 min"),
        (7500, "2 h 05 min"),
    ],
)
def test_durations_in_words(seconds: float | None, said: str) -> None:
    assert _page_words.duration(seconds) == said


def test_numbers_to_sort_by_are_short() -> None:
    assert [_page_words.brief(value) for value in (1 / 3, 0, 1e-9, 2)] == [
        *("0.333333", "0", "1e-09", "2")
    ]


def test_differences_have_a_sign_and_small_p_no_digits() -> None:
    assert (_page_words.signed(0.03), _page_words.signed(-0.0345), _page_words.signed(0.0)) == (
        "+3.0",
        "\N{MINUS SIGN}3.5",
        "+0.0",
    )
    assert (
        _page_words.p_value(0.0004),
        _page_words.p_value(0.001),
        _page_words.p_value(0.0521),
    ) == ("< 0.001", "0.001", "0.052")
