"""What is known of DCASE Task 2, 2020 to 2026, without having it: archives and test labels.

The evaluation labels are those that the organisers released after each challenge. ``years`` has
what each year's data consist of.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

from asdbench.data.dcase.facts.years import SUBSETS, YEARS, Year
from asdbench.data.hashes import hash_test_set

__all__ = ["SUBSETS", "YEARS", "Archive", "ClipName", "Truth", "Year"]


@dataclass(frozen=True)
class Archive:
    """One zip of a year's data: its file name, its Zenodo record, and what it holds.

    ``md5`` is its MD5 sum, built in for 2020; empty where the record has to be asked for it.
    """

    name: str
    record: str
    machine: str
    subset: str
    md5: str


class ClipName(NamedTuple):
    """What identifies a test clip: machine type, machine ID and file name."""

    machine: str
    id: str
    name: str


class Truth(NamedTuple):
    """What was released of a test clip; the domain is empty where a year has none."""

    anomalous: bool
    domain: str = ""
    attributes: str = ""  # as in a file's name: "vel_21"


@cache
def archives(year: int) -> tuple[Archive, ...]:
    """The archives of a year's data."""
    return tuple(
        Archive(row["archive"], row["record"], row["machine"], row["subset"], row["md5"])
        for row in _rows("archives.csv")
        if int(row["year"]) == year
    )


@cache
def official_test_clips(year: int, subset: str) -> Mapping[ClipName, Truth]:
    """Every test clip of a year's "development" or "evaluation" set that is known by name.

    Those are the evaluation clips of 2020 to 2025, and the development clips of 2020, which are
    numbered from 0 for each machine ID and label, so that counts suffice.
    """
    assert subset in SUBSETS, subset
    return MappingProxyType(
        _evaluation().get(year, {})
        if subset == "evaluation"
        else dict(_development_2020())
        if year == 2020
        else {}
    )


@cache
def official_test_set(year: int, subset: str) -> str | None:
    """The hash of a complete test set, as ``Clips.test_sets``; None where it isn't known."""
    clips = official_test_clips(year, subset).items()
    if not clips:
        return None
    return hash_test_set((clip.machine, clip.id, clip.name, t.anomalous) for clip, t in clips)


@cache
def evaluation_labels(year: int, machine: str, id: str) -> Mapping[str, Truth]:
    """What is known of one machine ID of an evaluation set by file name; empty for any other."""
    labels = official_test_clips(year, "evaluation").items()
    return MappingProxyType(
        {key.name: truth for key, truth in labels if (key.machine, key.id) == (machine, id)}
    )


@cache
def ids(year: int, subset: str) -> frozenset[tuple[str, str]]:
    """The machine types and IDs of a year's subset."""
    if year == 2020:
        return frozenset((key.machine, key.id) for key in official_test_clips(year, subset))
    of_year = YEARS[year]
    return frozenset((m, one) for m in of_year.types[subset] for one in of_year.ids[subset])


def subset_of(year: int, machine: str, id: str) -> str | None:
    """Which subset a machine ID belongs to in a year; None if it isn't one of its own."""
    for subset in SUBSETS:
        if (machine, id) in ids(year, subset):
            return subset
    return None


@cache
def _evaluation() -> Mapping[int, Mapping[ClipName, Truth]]:
    found: dict[int, dict[ClipName, Truth]] = defaultdict(dict)
    for row in _rows("evaluation_labels.csv"):
        year, machine_id, domain = int(row["year"]), row["id"], row["domain"]
        truth = Truth(row["anomalous"] == "1", domain, row["attributes"])
        for number in _numbers(row["numbers"]):
            name = _name(year, machine_id, domain, number)
            found[year][ClipName(row["machine"], machine_id, name)] = truth
    return found


def _name(year: int, machine_id: str, domain: str, number: int) -> str:
    """An evaluation clip's name as it was handed out."""
    if year == 2020:
        return f"id_{machine_id}_{number:08d}.wav"
    told = f"{domain}_test_" if year == 2021 else ""
    return f"section_{machine_id}_{told}{number:04d}.wav"


def _development_2020() -> Iterator[tuple[ClipName, Truth]]:
    for row in _rows("development_2020.csv"):
        for column, prefix in (("normal", "normal"), ("anomalous", "anomaly")):
            for number in range(int(row[column])):
                name = f"{prefix}_id_{row['id']}_{number:08d}.wav"
                yield ClipName(row["machine"], row["id"], name), Truth(column == "anomalous")


def _numbers(text: str) -> Iterator[int]:
    """ "1-3 7" is 1, 2, 3, 7."""
    for part in text.split():
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def _rows(name: str) -> list[dict[str, str]]:
    text = files(__name__).joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
