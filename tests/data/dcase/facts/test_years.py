"""What each year's data consist of."""

from __future__ import annotations

import pytest

from asdbench.data.dcase.facts.years import SUBSETS, YEARS


def test_every_year_is_there_and_has_types_of_both_subsets() -> None:
    assert list(YEARS) == list(range(2020, 2027))
    assert all(year.types[subset] for year in YEARS.values() for subset in SUBSETS)
    assert {year.protocol for year in YEARS.values()} == {"2020", "2021", "2022"}


@pytest.mark.parametrize(("number", "first_shot"), [(2020, False), (2022, False), (2023, True)])
def test_a_year_has_a_name_and_says_whether_its_types_are_new(
    number: int, first_shot: bool
) -> None:
    year = YEARS[number]
    assert (year.name, year.dataset) == (f"DCASE {number} Task 2", f"dcase{number}")
    assert year.first_shot == first_shot
