"""From a row's files to what it is compared by: domains and decisions."""

from __future__ import annotations

from pathlib import Path

import pytest
from folders import cell

from asdbench.evaluation.entries import Scored
from asdbench.results.records import Outcome, Score
from asdbench.results.scored import entries_of
from asdbench.results.store import Store


def lines(decided: bool | None) -> list[Score]:
    return [
        Score("fan", "00", "development", f"{number}.wav", number % 2 == 1, float(number), decided)
        for number in range(4)
    ]


def entry(path: Path, scores: list[Score], tags: dict[str, dict[str, str]]) -> Scored:
    store, one = Store(path), cell()
    store.keep(one, scores, Outcome([], [], b"", 1.0, {}))
    record = {"label": "knn", "origin": {"kind": "run"}}
    complete = {0: {one.name: {"seconds": 1.0}}}
    every = {"development": {"fan": {"00": tags}}}
    [(subset, found)] = entries_of(record, complete, store, every, [])
    assert subset == "development"
    return found.ids[("fan", "00")]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (
            {f"{n}.wav": {"domain": "source" if n < 2 else "target"} for n in range(4)},
            ("source", "source", "target", "target"),
        ),
        ({f"{n}.wav": {"domain": "source"} for n in range(3)}, ()),
        ({f"{n}.wav": {"domain": "elsewhere"} for n in range(4)}, ()),
        ({}, ()),
    ],
)
def test_domains_count_where_they_are_known_of_all_clips(
    tmp_path: Path, tags: dict[str, dict[str, str]], expected: tuple[str, ...]
) -> None:
    assert entry(tmp_path, lines(None), tags).domains == expected


def test_decisions_are_there_where_all_repeats_have_them(tmp_path: Path) -> None:
    found = entry(tmp_path / "a", lines(True), {}).decided
    assert found is not None
    assert found.tolist() == [[True] * 4]
    assert entry(tmp_path / "b", lines(None), {}).decided is None
    mixed = [*lines(True)[:3], *lines(None)[3:]]
    assert entry(tmp_path / "c", mixed, {}).decided is None
