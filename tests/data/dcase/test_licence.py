"""What is said of the licence is what is known of it."""

from __future__ import annotations

from asdbench.data.dcase.facts import Archive
from asdbench.data.dcase.licence import licence_of
from asdbench.data.dcase.zenodo import Record

ARCHIVES = [Archive("a.zip", "1", "fan", "development", ""),
            Archive("b.zip", "1", "fan", "development", ""),
            Archive("c.zip", "2", "fan", "evaluation", "")]  # fmt: skip
LOOK = "see the licence on the Zenodo record: https://zenodo.org/records/"


def test_2020s_is_known() -> None:
    assert "CC BY-NC-SA 4.0: not for commercial use" in licence_of(2020, ARCHIVES, {})


def test_a_record_that_was_not_asked_or_says_nothing_is_to_be_looked_at() -> None:
    assert licence_of(2023, ARCHIVES[:2], {}) == f"{LOOK}1"
    answers = {"1": OSError("gone"), "2": Record({}, "")}
    assert licence_of(2023, ARCHIVES, answers) == f"{LOOK}1, https://zenodo.org/records/2"


def test_what_a_record_says_is_repeated() -> None:
    told = Record({}, "cc-by-4.0")
    said = "their licence is cc-by-4.0, by https://zenodo.org/records/1"
    assert licence_of(2023, ARCHIVES[:2], {"1": told}) == said
    assert licence_of(2023, ARCHIVES, {"1": told}) == f"{said}; {LOOK}2"
    assert licence_of(2023, ARCHIVES, {"1": told, "2": told}).endswith("records/2")
