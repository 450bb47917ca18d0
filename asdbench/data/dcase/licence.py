"""Under what licence a year's recordings may be used, as far as it is known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from asdbench.data.dcase.expected import Answers
from asdbench.data.dcase.facts import Archive
from asdbench.data.dcase.zenodo import Record, page_of


def licence_of(year: int, archives: Iterable[Archive], answers: Answers) -> str:
    """The end of a sentence: what 2020's licence is, else what records say, or where to look."""
    if year == 2020:
        return "their licence is CC BY-NC-SA 4.0: not for commercial use, and to be credited"
    told, silent = defaultdict(list), []
    for number in dict.fromkeys(archive.record for archive in archives):
        answer = answers.get(number)
        if isinstance(answer, Record) and answer.licence:
            told[answer.licence].append(number)
        else:
            silent.append(number)
    said = [f"their licence is {name}, by {_pages(numbers)}" for name, numbers in told.items()]
    if silent:
        said.append(f"see the licence on the Zenodo record: {_pages(silent)}")
    return "; ".join(said)


def _pages(numbers: Iterable[str]) -> str:
    return ", ".join(map(page_of, numbers))
