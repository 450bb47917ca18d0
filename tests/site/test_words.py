"""What the site says in words: never surer than the figures are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from asdbench.evaluation import Cost, Interval
from asdbench.site import words
from asdbench.site.boards import boards
from asdbench.site.clip_sets import clip_sets
from asdbench.site.collected import collected
from asdbench.site.shown import Section


@pytest.fixture(scope="module")
def section(field: list[Path]) -> Section:
    [of] = clip_sets(collected(field).rows)
    return Section(of, boards(of))


def lettered(section: Section, letters: Sequence[str | None]) -> Section:
    """The same with other letters, best first; as many rows as letters."""
    newest = section.made.newest
    rows = [
        replace(row, letters=dict.fromkeys(row.letters, one))
        for row, one in zip(newest.rows, letters, strict=False)
    ]
    return Section(section.of, section.made._replace(newest=replace(newest, rows=rows)))


def test_the_verdict(section: Section) -> None:
    first, second, third, _ = (line.label for line in section.ranking)
    told = words.verdict(lettered(section, ["a", "b", "b", "c"]))
    assert told.startswith(f"{first} leads, ")
    assert told.endswith(f" points above {second}, and can be told from all others.")
    assert words.verdict(lettered(section, ["a", "ab", "ab", "b"])) == (
        f"{first} is ahead, but {second} and {third} can't be told from it."
    )
    assert words.verdict(lettered(section, ["a"])) == f"{first} is the only entry."
    assert words.verdict(lettered(section, [None, None])) == (
        f"{first} is ahead; whether the order would hold can't be told."
    )


def test_numbers() -> None:
    assert words.percent(0.8123) == "81.2"
    assert words.ends(Interval(0.79, 0.8312)) == "79.0 to 83.1"
    assert words.ends(None) == "?"
    assert [words.probability(p) for p in (None, 0.001, 0.5, 0.999)] == [
        "?",
        "< 1 %",
        "50 %",
        "> 99 %",
    ]
    assert [words.day(m) for m in ("2026-03-01T10:00:00Z", None)] == ["2026-03-01", words.MISSING]
    assert [words.amount(n) for n in (None, 12, 1350335)] == [words.MISSING, "12", "1.35 M"]
    assert words.counted(1, "row") + words.counted(2, "row") == "1 row2 rows"
    assert words.costs(Cost(1000, None, 61.23, 0.5)) == {
        "training of a repeat": "61.2 s",
        "scoring of a clip": "0.5 ms",
        "parameters": "1 k",
        "multiply-adds a clip": words.MISSING,
    }
    assert words.said({"a": [1, None], "b": True}) == "a 1, none, b yes"


def test_figures_by_name(section: Section) -> None:
    assert [words.short(name) for name in ("mean_auc_pauc", "official", "pauc")] == [
        *("Mean", "official", "pAUC"),
    ]
    assert words.long("pauc", "2020") == "pAUC: up to a false positive rate of 0.1"
    assert words.long("official", "2022").startswith("Official score: the harmonic mean")
    assert words.ranked_by(section) == "the mean of AUC and pAUC"
    assert words.clips(section).startswith("4 machine IDs of 2 machine types, 8 normal and 8 ")
    assert [words.mark(line) for line in section.ranking if line.label == "theirs"] == ["imported"]
