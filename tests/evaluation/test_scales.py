"""Values of tags in the order that they mean."""

from __future__ import annotations

import pytest

from asdbench.evaluation.scales import in_order, is_scale


@pytest.mark.parametrize(
    ("values", "ordered"),
    [
        (["6", "-6", "0"], ["-6", "0", "6"]),
        (["10", "9.5", "1e1"], ["9.5", "10", "1e1"]),
        (["strong", "mild", "medium"], ["mild", "medium", "strong"]),
        (["High", "low"], ["low", "High"]),
        (["severe", "none", "slight"], ["none", "slight", "severe"]),
    ],
)
def test_numbers_and_words_of_a_scale_go_from_least_to_most(
    values: list[str], ordered: list[str]
) -> None:
    assert in_order(values) == ordered
    assert is_scale(values)


@pytest.mark.parametrize(
    "values", [["leak", "belt"], ["6 dB", "0"], ["nan", "1"], ["inf", "0"], ["mild", "high"]]
)
def test_others_go_by_the_alphabet(values: list[str]) -> None:
    assert in_order(values) == sorted(values)
    assert not is_scale(values)


@pytest.mark.parametrize("values", [[], ["1"], ["1", "1"], ["mild"]])
def test_one_value_is_no_scale(values: list[str]) -> None:
    assert in_order(values) == sorted(set(values))
    assert not is_scale(values)
