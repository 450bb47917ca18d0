"""How much of a year's data a folder holds, by the facts of DCASE Task 2."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from asdbench.data.clips import Clip
from asdbench.data.dcase import facts
from asdbench.data.dcase.facts import SUBSETS, YEARS, ClipName, Year
from asdbench.data.folders.recordings import Declared

SHOWN = 3  # of names that are missing
_NUMBER = re.compile(r"_(?:normal|anomaly)_(\d+)(?=[_.])", re.IGNORECASE)


@dataclass(frozen=True)
class OfficialTestSet:
    """How much of a year's test set of a subset is there, and how much that isn't in it.

    ``missing`` are the names of the first few that are missing. Not ``sure`` is whether it is that
    set at all: anybody may number clips of a fan.
    """

    year: int
    subset: str
    found: int
    expected: int
    strangers: int
    missing: tuple[str, ...] = ()
    sure: bool = True

    @property
    def complete(self) -> bool:
        """All of it and nothing else, by name."""
        return self.found == self.expected and not self.strangers

    def __str__(self) -> str:
        start = f"DCASE {self.year} {self.subset} test set:"
        if not self.sure:
            start = f"if this is DCASE {self.year}, its {self.subset} test set is"
        if self.complete:
            return f"{start} complete, {self.expected:,} clips"
        share = f"{self.found:,} of {self.expected:,} clips by name"
        others = f", and {self.strangers:,} that are not in it" if self.strangers else ""
        first = f"; missing are {', '.join(self.missing)}" if self.missing else ""
        more = ", ..." if first and self.expected - self.found > len(self.missing) else ""
        return f"{start} not complete, {share}{others}{first}{more}"


def official_test_sets(found: Sequence[Clip], year: int) -> tuple[OfficialTestSet, ...]:
    """Those test sets of a year whose clips are known by name, if some are there.

    Names of 2020 are anybody's: with others among them, and no machine ID that has exactly the
    official ones, they are none of its test sets.
    """
    sets = (_test_set(found, year, subset) for subset in SUBSETS)
    there = (one for one in sets if one.expected and one.found)
    return tuple(one for one in there if one.sure or not one.strangers)


def _test_set(found: Sequence[Clip], year: int, subset: str) -> OfficialTestSet:
    official = facts.official_test_clips(year, subset).keys()
    there = {
        ClipName(clip.machine, clip.id, str(clip.name))
        for clip in found
        if (clip.split, clip.subset) == ("test", subset)
    }
    missing = sorted(official - there) if there else []
    names = tuple(f"{clip.machine}/{clip.name}" for clip in missing[:SHOWN])
    both = len(there & official)
    sure = year != 2020 or _has_a_whole_id(there, official)
    return OfficialTestSet(year, subset, both, len(official), len(there - official), names, sure)


def _has_a_whole_id(there: Iterable[ClipName], official: Iterable[ClipName]) -> bool:
    """Whether a machine ID has exactly the clips that it has officially."""
    expected = _by_id(official)
    return any(clips == expected.get(one) for one, clips in _by_id(there).items())


def _by_id(clips: Iterable[ClipName]) -> Mapping[tuple[str, str], set[ClipName]]:
    found: dict[tuple[str, str], set[ClipName]] = defaultdict(set)
    for clip in clips:
        found[clip.machine, clip.id].add(clip)
    return found


def missing(found: Sequence[Declared], year: int) -> Iterator[str]:
    """What is missing of a year's subsets that something is there of, since 2021: a line each."""
    if year == 2020:
        return
    for subset in SUBSETS:
        part = [one for one in found if one.clip.subset == subset]
        lines = list(_missing(part, YEARS[year], subset)) if part else []
        start = f"DCASE {year} {subset} set"
        if part and not lines:
            counted = ", and clips" if YEARS[year].train else "; clips aren't counted"
            yield f"{start}: all machine types and sections are there{counted}"
        yield from (f"{start}: {line}" for line in lines)


def _missing(found: Sequence[Declared], year: Year, subset: str) -> Iterator[str]:
    there = {one.clip.machine for one in found}
    if lacking := [machine for machine in year.types[subset] if machine not in there]:
        yield f"not there is {', '.join(lacking)}"
    for machine in sorted(there & set(year.types[subset])):
        of_type = [one for one in found if one.clip.machine == machine]
        here = {one.clip.id for one in of_type}
        if sections := [f"section {id}" for id in year.ids[subset] if id not in here]:
            yield f"not there is {machine} {', '.join(sections)}"
        if year.supplemental:
            count = sum(one.clip.split == "supplemental" for one in of_type)
            yield from _unless(f"{machine}", count, year.supplemental, "supplemental clips")
        for id in sorted(here & set(year.ids[subset])):
            yield from _section([one for one in of_type if one.clip.id == id], year, subset)


def _section(found: Sequence[Declared], year: Year, subset: str) -> Iterator[str]:
    name = f"{found[0].clip.machine} {found[0].clip.id}"
    trained, tested = (
        [one for one in found if one.clip.split == split] for split in ("train", "test")
    )
    for domain, count in year.train.items():
        there = [str(one.clip.name) for one in trained if one.clip.domain == domain]
        yield from _unless(name, len(there), count, f"{domain} training clips", there)
    if subset == "development" and year.test is not None:
        for anomalous, label in ((False, "normal"), (True, "anomalous")):
            for domain in ("source", "target"):
                kind = (anomalous, domain)
                there = [
                    str(one.clip.name)
                    for one in tested
                    if (one.clip.anomalous, one.tags.get("domain")) == kind
                ]
                what = f"{label} {domain} test clips"
                yield from _unless(name, len(there), year.test, what, there)
    elif not tested:
        yield f"{name}: no test clips"


def _unless(
    name: str, count: int, expected: int, what: str, there: Sequence[str] = ()
) -> Iterator[str]:
    if count != expected:
        yield f"{name}: {count} of {expected} {what}{_numbers(there, expected)}"


def _numbers(there: Sequence[str], expected: int) -> str:
    """The first few numbers that no name has, where they are seen to go from 0000 on."""
    known = {int(match[1]) for name in there if (match := _NUMBER.search(name))}
    lacking = sorted(set(range(expected)) - known)
    if 0 not in known or max(known) >= expected or not lacking:
        return ""
    more = ", ..." if len(lacking) > SHOWN else ""
    return f"; missing are {', '.join(f'{n:04d}' for n in lacking[:SHOWN])}{more}"
