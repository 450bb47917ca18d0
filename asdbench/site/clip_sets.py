"""Test sets: which clips rows were scored on, what these are called, and what is known of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from asdbench.config.keys import canonical
from asdbench.data.dcase import facts
from asdbench.data.tags import Tags
from asdbench.results.build import well_known
from asdbench.site.collected import Submitted
from asdbench.site.versions import RowVersion, versions
from asdbench.submission.guard import RefusedError
from asdbench.submission.reading import marks_of, tags_of_folder


@dataclass(frozen=True)
class ClipSet:
    """The clips of a subset, by their hash, and every version of every row that has scored them.

    ``name`` is that of the data, as "DCASE 2020 Task 2"; ``known`` says whether they are its
    complete official test set.
    """

    subset: str
    hash: str
    name: str
    known: bool
    protocol: str
    tags: Tags
    versions: Sequence[RowVersion]

    @property
    def slug(self) -> str:
        """Its address, which nobody else's submission changes."""
        if self.known:
            return f"{self.name.lower().replace(' task 2', '').replace(' ', '')}-{self.subset}"
        return f"{self.subset}-{self.hash[:12]}"

    def called(self, version: RowVersion, names: Mapping[Any, str]) -> str:
        """The label of a version on a board: the newest has its entrant's name alone."""
        name = names[version.entrant]
        return name if version.newest else f"{name} v{version.number}"


def clip_sets(rows: Sequence[Submitted]) -> list[ClipSet]:
    """The test sets of these rows: well-known ones first; by name, evaluation first."""
    found: dict[tuple[str, str], list[Submitted]] = {}
    for one in rows:
        for subset, clips in one.row.clips.items():
            found.setdefault((subset, clips), []).append(one)
    every = [_clip_set(subset, clips, those) for (subset, clips), those in found.items()]
    return sorted(every, key=lambda s: (not s.known, s.name, s.subset == "development", s.hash))


def _clip_set(subset: str, clips: str, rows: Sequence[Submitted]) -> ClipSet:
    known = well_known({subset: clips}).get(subset)
    marks = [marks_of(one.row.folder)[subset] for one in rows]
    protocol = _most([mark["protocol"] for mark in marks])
    tags: Any = _most([_tags(one, subset) for one in rows])
    if known:
        year = next(year for year in facts.YEARS.values() if year.name == known)
        protocol, tags = year.protocol, _official(year.number, subset, tags)
    return ClipSet(
        subset=subset,
        hash=clips,
        name=known or _most([_named(one) for one in rows]),
        known=known is not None,
        protocol=protocol,
        tags={subset: tags},
        versions=versions(rows),
    )


def _most(values: Sequence[Any]) -> Any:
    """The value that most have; the first by spelling among those that are as many."""
    spelled = {canonical(value): value for value in values}
    counts = Counter(map(canonical, values))
    return spelled[min(counts, key=lambda text: (-counts[text], text))]


def _tags(one: Submitted, subset: str) -> Any:
    try:
        return tags_of_folder(one.row.folder).get(subset, {})
    except RefusedError:
        return {}


def _official(year: int, subset: str, told: Any) -> dict[str, Any]:
    """Tags of a challenge's clips: the domains are the challenge's own, whatever a folder says."""
    tags: dict[str, Any] = {m: {i: dict(c) for i, c in ids.items()} for m, ids in told.items()}
    for name, truth in facts.official_test_clips(year, subset).items():
        if truth.domain:
            of_id = tags.setdefault(name.machine, {}).setdefault(name.id, {})
            of_id[name.name] = {**of_id.get(name.name, {}), "domain": truth.domain}
    return tags


def _named(one: Submitted) -> str:
    """What a folder calls its data: the challenge's year, or else its experiment."""
    dataset = one.row.record["recipe"].get("dataset", {}).get("name")
    years = {year.dataset: year.name for year in facts.YEARS.values()}
    return str(years.get(str(dataset)) or one.row.record["experiment"])
