"""AUC by kind of clip: how well rows find each fault, severity, or whatever clips are tagged with.

Shapes: N clips of a machine ID, C columns (every repeat of every row that has the ID), K kinds.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from asdbench.evaluation.aggregate import spread_of
from asdbench.evaluation.breakdown import Behind, Slice
from asdbench.evaluation.entries import Entry, MachineId
from asdbench.evaluation.inference import corrected, differences
from asdbench.evaluation.measure import Measured
from asdbench.evaluation.metrics import Floats
from asdbench.evaluation.repeats import Repeats
from asdbench.evaluation.sampled import Grain, OnUnit, Sampled, on_unit
from asdbench.evaluation.scales import in_order
from asdbench.evaluation.variation import estimate

LEAST = 2  # clips of a class: of fewer, nothing shows how they vary
MOST = 30  # values of a tag: more are measurements, and no kinds

Tagged = Mapping[str, Mapping[str, Mapping[str, Mapping[str, str]]]]  # machine, ID, clip, tag


class _Kind(NamedTuple):
    """A value of a tag, and whether normal clips have it too."""

    tag: str
    value: str
    of_normal: bool


class _Unit(NamedTuple):
    """A kind's AUC on one machine ID, and how many clips it is made of."""

    machine: str
    auc: OnUnit
    normal: int
    anomalous: int


def slices(subset: str, entries: Sequence[Entry], tagged: Tagged) -> list[Slice]:
    """Each kind of clip that can be measured, by tag and then in the order of its values.

    The same model as for all figures: what a kind's AUC varies by is its clips, seeds and IDs.
    """
    found = Measured(entries, {}, ())
    tagged_ids = {MachineId(machine, id) for machine, ids in tagged.items() for id in ids}
    shared = sorted(tagged_ids & {of_id for entry in entries for of_id in entry.ids})
    here = [_TaggedId(of_id, entries, tagged[of_id.machine][of_id.id]) for of_id in shared]
    kinds = _kinds(here, crowded(tagged))
    units: dict[_Kind, list[_Unit]] = defaultdict(list)
    for one in here if kinds else ():
        for kind, unit in one.units(kinds, found.repeats):
            units[kind].append(unit)
    return [_slice(subset, found, kind, units[kind]) for kind in kinds if kind in units]


def crowded(tagged: Tagged) -> list[str]:
    """Tags with so many values that there are no slices of them."""
    values: dict[str, set[str]] = defaultdict(set)
    for ids in tagged.values():
        for clips in ids.values():
            for tags in clips.values():
                for tag, value in tags.items():
                    values[tag].add(value)
    return sorted(tag for tag, there in values.items() if len(there) > MOST)


class _TaggedId:
    """The scored clips of one machine ID and their tags."""

    def __init__(
        self, of_id: MachineId, entries: Sequence[Entry], tags: Mapping[str, Mapping[str, str]]
    ) -> None:
        self.machine = of_id.machine
        self._scored = [entry.ids.get(of_id) for entry in entries]
        first = next(one for one in self._scored if one)
        self._labels = first.anomalous
        self._tags = [tags.get(clip, {}) for clip in first.clips]

    @property
    def normal(self) -> int:
        """How many normal clips there are."""
        return int((~self._labels).sum())

    def tags(self, *, anomalous: bool) -> Iterator[tuple[str, str]]:
        """Tags and values of the clips with a label."""
        for found, label in zip(self._tags, self._labels, strict=True):
            if label == anomalous:
                yield from found.items()

    def units(
        self, kinds: Sequence[_Kind], repeats: Sequence[Repeats]
    ) -> Iterator[tuple[_Kind, _Unit]]:
        """Those of the kinds that there are enough clips of."""
        among = np.array([self._among(kind) for kind in kinds])
        anomalous = (among & self._labels).sum(axis=1).tolist()
        normal = (among & ~self._labels).sum(axis=1).tolist()
        there = [k for k in range(len(kinds)) if min(normal[k], anomalous[k]) >= LEAST]
        if not there:
            return
        placed = placements(self._labels, self._columns, among[there])
        ends = np.cumsum([0 if one is None else len(one.scores) for one in self._scored])[:-1]
        for k, of_kind in zip(there, placed, strict=True):
            areas, shares = _covarying(self._labels[among[k]], of_kind[:, among[k]])
            auc = on_unit(
                [part if len(part) else None for part in np.split(areas, ends)],
                repeats,
                shares @ shares.T,
                bias=np.zeros(len(areas)),
                grain=Grain.of(normal[k], anomalous[k]),
                freedom=min(normal[k], anomalous[k]) - 1,
            )
            yield kinds[k], _Unit(self.machine, auc, normal[k], anomalous[k])

    @property
    def _columns(self) -> Floats:
        return np.concatenate([one.scores for one in self._scored if one])

    def _among(self, kind: _Kind) -> NDArray[np.bool_]:
        """The clips that a kind's AUC is made of."""
        has = np.array([tags.get(kind.tag) == kind.value for tags in self._tags])
        return has if kind.of_normal else has | ~self._labels


def placements(
    labels: NDArray[np.bool_], scores: Floats, among: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """``metrics.placements`` of scores (C, N) among the clips of each kind (K, N), (K, C, N).

    One sort of a column serves all kinds: going up it, their clips are counted. What it says of
    clips that aren't of a kind has no meaning.
    """
    count = len(among)
    members = np.concatenate([among & ~labels, among & labels]).T.astype(np.int32)
    below = np.zeros((len(labels) + 1, 2 * count), dtype=np.int32)
    found = np.empty((count, *scores.shape))
    for column, values in enumerate(scores):
        order = np.argsort(values)
        np.cumsum(members[order], axis=0, out=below[1:])
        first, last = (np.searchsorted(values[order], values, side) for side in ("left", "right"))
        shares = (below[first] + below[last]) / (2 * below[-1])
        found[:, column] = np.where(labels, shares.T[:count], 1 - shares.T[count:])
    return found


def _covarying(labels: NDArray[np.bool_], placed: Floats) -> tuple[Floats, Floats]:
    """AUCs (C,), and what each clip has to do with them, (C, N).

    Products of the latter are the covariance (DeLong, DeLong and Clarke-Pearson, "Comparing the
    areas under two or more correlated receiver operating characteristic curves", 1988).
    """
    areas = placed[:, labels].mean(axis=1)
    counts = np.where(labels, labels.sum(), (~labels).sum())
    return areas, (placed - areas[:, None]) / np.sqrt(counts * (counts - 1))


def _kinds(ids: Sequence[_TaggedId], left_out: Sequence[str]) -> list[_Kind]:
    """Every value that an anomalous clip has of a tag."""
    values: dict[str, set[str]] = defaultdict(set)
    for one in ids:
        for tag, value in one.tags(anomalous=True):
            values[tag].add(value)
    normal = Counter(pair for one in ids for pair in one.tags(anomalous=False))
    have = Counter(tag for tag, _ in normal.elements())
    most = sum(one.normal for one in ids) / 2  # a few may be tagged by mistake
    return [
        _Kind(tag, value, have[tag] >= most and (tag, value) in normal)
        for tag, there in sorted(values.items())
        if tag not in left_out
        for value in in_order(there)
    ]


def _slice(subset: str, found: Measured, kind: _Kind, units: Sequence[_Unit]) -> Slice:
    sampled = Sampled.joined([(unit.machine, unit.auc) for unit in units], of_ids=True)
    labels = [entry.record["label"] for entry in found.entries]
    there = [row for row in range(len(labels)) if sampled.has(row).any()]
    spreads = {row: spread_of(found, sampled, row) for row in there}
    best = max(there, key=lambda row: spreads[row].mean)
    others = [row for row in there if row != best and (sampled.has(row) & sampled.has(best)).any()]
    behind = corrected([_behind(found, sampled, best, row) for row in others])
    return Slice(
        subset=subset,
        tag=kind.tag,
        value=kind.value,
        machines=list(dict.fromkeys(sampled.machines)),
        normal=sum(unit.normal for unit in units),
        anomalous=sum(unit.anomalous for unit in units),
        rows={labels[row]: spread for row, spread in spreads.items()},
        best=labels[best],
        behind={labels[row]: one for row, one in zip(others, behind, strict=True)},
    )


def _behind(found: Measured, sampled: Sampled, best: int, row: int) -> Behind:
    one = estimate(sampled, found.repeats, {best: 1.0, row: -1.0})
    assert one is not None, "they share a machine ID"
    return Behind(one.value, **differences(one))
