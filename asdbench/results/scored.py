"""What a row has to be compared by: the scored clips of each machine ID, from its cells' files."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

import numpy as np

from asdbench.data.recording import without_auc
from asdbench.data.tags import Tags
from asdbench.evaluation.entries import Entry, MachineId, Scored
from asdbench.results.costs import cost_of
from asdbench.results.records import Score
from asdbench.results.rows import Record
from asdbench.results.store import Store

Complete = Mapping[int, Mapping[str, Mapping[str, Any]]]  # repeat -> cell -> its record

DOMAIN, DOMAINS = "domain", ("source", "target")  # the tag, and the values that figures know


def entries_of(
    record: Record, complete: Complete, store: Store, tags: Tags, notes: list[str]
) -> Iterator[tuple[str, Entry]]:
    """What a row has to be compared by in each subset; why it hasn't goes to the notes."""
    seconds, cost = _seconds(complete), cost_of(complete)
    seen = _tuned_on(record)
    for subset, ids in _read(complete, store).items():
        if subset == seen:
            notes.append(f"{record['label']}: tuned with the labels of {subset}; not ranked on it")
            continue
        measurable, unmeasured = _measurable(ids, tags.get(subset, {}))
        notes += [f"{subset} {text}" for text in unmeasured]
        if measurable:
            yield subset, Entry(record, list(complete), seconds, measurable, cost)


def _tuned_on(record: Record) -> str | None:
    """The subset whose labels a row was tuned with."""
    origin = record["origin"]
    return origin["subset"] if origin.get("objective") == "oracle" else None


def _seconds(complete: Complete) -> float | None:
    """Mean over repeats of the sum over cells; None where scores come from elsewhere."""
    by_repeat = [[cell["seconds"] for cell in cells.values()] for cells in complete.values()]
    if any(seconds is None for repeat in by_repeat for seconds in repeat):
        return None
    return statistics.fmean(map(sum, by_repeat))


def _read(complete: Complete, store: Store) -> dict[str, dict[MachineId, list[list[Score]]]]:
    """A row's scores by subset, machine ID and repeat."""
    found: dict[str, dict[MachineId, list[list[Score]]]] = defaultdict(lambda: defaultdict(list))
    for name in (name for cells in complete.values() for name in cells):
        in_order = groupby(store.scores(name), attrgetter("subset", "machine", "id"))
        for (subset, machine, id_), scores in in_order:
            found[subset][MachineId(machine, id_)].append(list(scores))
    return found


def _measurable(
    ids: Mapping[MachineId, Sequence[Sequence[Score]]],
    tags: Mapping[str, Mapping[str, Mapping[str, Mapping[str, str]]]],
) -> tuple[dict[MachineId, Scored], list[str]]:
    """The IDs that have an AUC, and why the others have none; withheld labels count for nothing."""
    found, notes = {}, []
    for of_id, repeats in sorted(ids.items()):
        known = [[score for score in scores if score.anomalous is not None] for scores in repeats]
        labels = [bool(score.anomalous) for score in known[0]]
        if why := without_auc(of_id.machine, of_id.id, labels):
            notes.append(why)
            continue
        of_clips = tags.get(of_id.machine, {}).get(of_id.id, {})
        found[of_id] = _scored(known, of_clips)
    return found, notes


def _scored(repeats: Sequence[Sequence[Score]], tags: Mapping[str, Mapping[str, str]]) -> Scored:
    """The labelled clips of a machine ID; each repeat has the same ones in the same order."""
    first = repeats[0]
    domains = tuple(tags.get(score.clip, {}).get(DOMAIN, "") for score in first)
    decisions = [[score.decided for score in scores] for scores in repeats]
    told = all(one is not None for of_repeat in decisions for one in of_repeat)
    return Scored(
        anomalous=np.array([bool(score.anomalous) for score in first]),
        scores=np.array([[score.score for score in scores] for scores in repeats]),
        clips=tuple(score.clip for score in first),
        domains=domains if set(domains) <= set(DOMAINS) else (),
        decided=np.array(decisions, dtype=bool) if told else None,
    )
