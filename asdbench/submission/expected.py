"""Which clips of a test set a repeat has no score of, where that can be told by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from asdbench.data.dcase import facts
from asdbench.evaluation import SUBSETS
from asdbench.results.records import Score


class Labelled(NamedTuple):
    """A test clip as the hash of a test set has it."""

    machine: str
    id: str
    name: str
    anomalous: bool | None

    def __str__(self) -> str:
        return f"{self.machine} id_{self.id} {self.name}"


def scored_clips(scores: Iterable[Score]) -> dict[str, frozenset[Labelled]]:
    """The scored clips by subset."""
    found: dict[str, set[Labelled]] = {}
    for s in scores:
        found.setdefault(s.subset, set()).add(Labelled(s.machine, s.id, s.clip, s.anomalous))
    return {subset: frozenset(clips) for subset, clips in found.items()}


def known_set(test_set: str) -> frozenset[Labelled]:
    """The clips of the challenge's test set that has this hash; empty where none is built in."""
    for year in facts.YEARS:
        for subset in SUBSETS:
            if facts.official_test_set(year, subset) == test_set:
                clips = facts.official_test_clips(year, subset).items()
                return frozenset(Labelled(*name, truth.anomalous) for name, truth in clips)
    return frozenset()


def lacking(scored: frozenset[Labelled], expected: frozenset[Labelled]) -> Sequence[str]:
    """What a repeat has too little and too much, or labelled otherwise, in words."""
    names, wanted = ({clip[:3] for clip in clips} for clips in (scored, expected))
    missing = sorted(str(clip) for clip in expected if clip[:3] not in names)
    odd = sorted(str(clip) for clip in scored if clip[:3] not in wanted)
    other = sorted(str(c) for c in scored if c[:3] in wanted and c not in expected)
    said = []
    for clips, what in (
        (missing, "clips of the test set without a score"),
        (odd, "clips that aren't of the test set"),
        (other, "clips with another label than in the test set"),
    ):
        if clips:
            said.append(f"{what}: {len(clips)}, {clips[0]} for one")
    return said
