"""What pages show: a test set with its ranking and versions, an entrant with its results."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from asdbench.config.keys import canonical
from asdbench.evaluation import Row, caution
from asdbench.site.boards import BoardsMade
from asdbench.site.clip_sets import ClipSet
from asdbench.site.collected import Entrant, Submitted
from asdbench.site.versions import RowVersion


@dataclass(frozen=True)
class Placed:
    """A version on a test set: its label there, its figures, and its place in the ranking.

    ``row`` is compared with the newest versions, or for an older one with all.
    """

    label: str
    version: RowVersion
    row: Row
    place: int | None

    @property
    def submitted(self) -> Submitted:
        return self.version.submitted

    @property
    def date(self) -> str | None:
        return self.submitted.date


@dataclass(frozen=True)
class Section:
    """A test set on the site."""

    of: ClipSet
    made: BoardsMade

    @cached_property
    def lines(self) -> Sequence[Placed]:
        """Every version that has figures, in order of date."""
        every = {row.label: row for row in self.made.every.rows}
        newest = {row.label: row for row in self.made.newest.rows}
        places = {label: place for place, label in enumerate(newest, 1)}
        return [
            Placed(label, version, newest.get(label, every[label]), places.get(label))
            for label, version in self.made.labels.items()
        ]

    @cached_property
    def ranking(self) -> Sequence[Placed]:
        """The newest versions, best first."""
        return sorted((line for line in self.lines if line.place), key=lambda one: one.place or 0)

    @property
    def subset(self) -> str:
        return self.of.subset

    @property
    def figures(self) -> Sequence[str]:
        """What is shown, in order; rows are ranked by the first."""
        return self.made.newest.figures[self.subset]

    @property
    def question(self) -> str:
        """What intervals, letters and P(best) answer."""
        return self.made.newest.question[self.subset]

    @property
    def caution(self) -> str:
        """What must stand above its figures, if anything; any row may say so."""
        recipes = (line.submitted.row.record["recipe"] for line in self.lines)
        return next(filter(None, map(caution, recipes)), "")

    @property
    def older(self) -> bool:
        """Whether there are versions that aren't in the ranking."""
        return len(self.ranking) < len(self.lines)

    @property
    def last(self) -> str | None:
        return max((line.date for line in self.lines if line.date), default=None)

    @cached_property
    def entrants(self) -> dict[Entrant, list[Placed]]:
        """Versions by entrant, the best first, each one's in order of date."""
        found: dict[Entrant, list[Placed]] = {line.version.entrant: [] for line in self.ranking}
        for line in self.lines:
            found.setdefault(line.version.entrant, []).append(line)
        return found


@dataclass(frozen=True)
class Profile:
    """An entrant on the site: its address, and its results by test set."""

    entrant: Entrant
    slug: str
    sections: Sequence[Section]

    @property
    def latest(self) -> Submitted:
        """Its newest row anywhere."""
        rows = [line.submitted for s in self.sections for line in s.entrants[self.entrant]]
        return max(rows, key=lambda row: row.order)


def profiles(sections: Sequence[Section]) -> dict[Entrant, Profile]:
    """Every entrant of these test sets, in order of label."""
    found: dict[Entrant, list[Section]] = {}
    for section in sections:
        for entrant in section.entrants:
            found.setdefault(entrant, []).append(section)
    slugs = _slugs(found)
    return {one: Profile(one, slugs[one], found[one]) for one in sorted(found, key=_by_label)}


def _by_label(entrant: Entrant) -> tuple[str, Entrant]:
    return entrant.label.casefold(), entrant


def _slugs(entrants: Iterable[Entrant]) -> Mapping[Entrant, str]:
    """Addresses from label and team; those that would be one get a hash each."""
    plain = {one: _slug(f"{one.label}-{one.team}" if one.team else one.label) for one in entrants}
    counts = Counter(plain.values())
    return {
        one: slug if slug and counts[slug] == 1 else f"{slug or 'row'}-{_mark(one)}"
        for one, slug in plain.items()
    }


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9_]+", "-", text.lower()).strip("-")[:80]


def _mark(entrant: Entrant) -> str:
    return hashlib.sha256(canonical(list(entrant)).encode()).hexdigest()[:8]
