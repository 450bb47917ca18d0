"""From scored clips to a subset's rows, best first, and every pair of them compared."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from asdbench import metrics, pictures, stats
from asdbench.board import IdFigures, Interval, MachineFigures, Pair, Row, Spread
from asdbench.seeds import derive
from asdbench.stats import RESAMPLES, Areas, Floats


class MachineId(NamedTuple):
    """A machine ID of a machine type."""

    machine: str
    id: str


@dataclass(frozen=True)
class Scored:
    """Labelled test clips of one machine ID: labels (N,), and scores (R, N) by repeat."""

    anomalous: NDArray[np.bool_]
    scores: Floats


@dataclass(frozen=True)
class Entry:
    """A row to be: its record, its complete repeats' numbers and seconds, and its scores."""

    record: Mapping[str, Any]
    complete: Sequence[int]
    seconds: float | None
    ids: Mapping[MachineId, Scored]


@dataclass(frozen=True)
class _Measured:
    """An entry with its AUC and pAUC."""

    entry: Entry
    auc: Areas
    pauc: Areas

    @cached_property
    def mean(self) -> Areas:
        """The mean of AUC and pAUC, by which rows are ranked."""
        return Areas(
            (self.auc.measured + self.pauc.measured) / 2,
            (self.auc.resampled + self.pauc.resampled) / 2,
            self.auc.machines,
        )

    @cached_property
    def by_repeat(self) -> Mapping[int, float]:
        """What it is ranked by in each complete repeat."""
        return dict(zip(self.entry.complete, _by_repeat(self.mean).tolist(), strict=True))


def compared(subset: str, entries: Sequence[Entry]) -> tuple[list[Row], list[Pair]]:
    """The rows of a subset, best first, and every pair of them, the better first."""
    measured = sorted(
        _measured(subset, entries),
        key=lambda one: (-statistics.fmean(one.by_repeat.values()), one.entry.record["label"]),
    )
    shares = stats.best(np.array([_means(one.mean, new_ids=True) for one in measured]))
    indices = list(combinations(range(len(measured)), 2))
    pairs = _pairs(subset, [(measured[i], measured[j]) for i, j in indices])
    different = [
        both for both, pair in zip(indices, pairs, strict=True) if pair.corrected < stats.ALPHA
    ]
    rows = [
        _row(subset, one, best=float(best), letters=letters, places=places)
        for one, best, letters, places in zip(
            measured,
            shares,
            stats.letters(len(measured), different),
            _places(measured),
            strict=True,
        )
    ]
    return rows, pairs


def _measured(subset: str, entries: Sequence[Entry]) -> list[_Measured]:
    """AUC and pAUC of every entry; in each resample all of them meet the same clips."""
    found: list[list[tuple[MachineId, Floats, Floats]]] = [[] for _ in entries]
    for of_id in sorted({of_id for entry in entries for of_id in entry.ids}):
        scored = [entry.ids.get(of_id) for entry in entries]
        labels = next(here.anomalous for here in scored if here)
        counts = stats.resampled_clips(labels, RESAMPLES, derive(0, "clips", subset, *of_id))
        for parts, here in zip(found, scored, strict=True):
            if here:
                figures = [_figures_of(here.anomalous, scores) for scores in here.scores]
                areas = [
                    stats.resampled_areas(here.anomalous, scores, counts) for scores in here.scores
                ]
                parts.append((of_id, np.array(figures), np.array(areas)))
    return [
        _Measured(entry, _joined(parts, 0), _joined(parts, 1))
        for entry, parts in zip(entries, found, strict=True)
    ]


def _figures_of(anomalous: NDArray[np.bool_], scores: Floats) -> tuple[float, float]:
    return metrics.auc(anomalous, scores), metrics.pauc(anomalous, scores)


def _joined(parts: Sequence[tuple[MachineId, Floats, Floats]], figure: int) -> Areas:
    return Areas(
        np.stack([measured[:, figure] for _, measured, _ in parts], axis=1),
        np.stack([resampled[:, figure] for _, _, resampled in parts], axis=1),
        tuple(of_id.machine for of_id, _, _ in parts),
    )


def _pairs(subset: str, both: Sequence[tuple[_Measured, _Measured]]) -> list[Pair]:
    """Means over repeats, compared over machine IDs."""
    tests = []
    for first, second in both:
        shared = [of_id for of_id in first.entry.ids if of_id in second.entry.ids]
        by_id = [
            one.mean.by_id[[list(one.entry.ids).index(of_id) for of_id in shared]]
            for one in (first, second)
        ]
        tests.append(stats.paired(*by_id))
    corrected = stats.holm([test.p for test in tests])
    return [
        Pair(
            subset=subset,
            first=first.entry.record["label"],
            second=second.entry.record["label"],
            n=test.n,
            difference=test.difference,
            effect=test.effect,
            p=test.p,
            corrected=p,
            flips=stats.flips(*_in_shared_repeats([first, second])),
        )
        for (first, second), test, p in zip(both, tests, corrected, strict=True)
    ]


def _in_shared_repeats(rows: Sequence[_Measured]) -> Floats:
    """What rows are ranked by in the repeats that all of them have, (M, R)."""
    shared = sorted(set.intersection(*(set(one.by_repeat) for one in rows)))
    return np.array([[one.by_repeat[number] for number in shared] for one in rows])


def _places(rows: Sequence[_Measured]) -> list[list[int]]:
    """Each row's place in each repeat that all rows have; equal figures share a place."""
    figures = _in_shared_repeats(rows)
    places = 1 + (figures[None, :, :] > figures[:, None, :]).sum(axis=1)
    found: list[list[int]] = places.tolist()
    return found


def _row(subset: str, one: _Measured, *, best: float, letters: str, places: Sequence[int]) -> Row:
    record, entry = one.entry.record, one.entry
    machines = {
        machine: _machine(one, machine)
        for machine in dict.fromkeys(of_id.machine for of_id in entry.ids)
    }

    def over_machines(figure: str) -> Spread:
        by_machine = [getattr(figures, figure).values for figures in machines.values()]
        return _spread(np.mean(by_machine, axis=0))

    return Row(
        label=record["label"],
        method=record["method"],
        summary=record["summary"],
        subset=subset,
        origin=record["origin"],
        repeats=len(entry.complete),
        planned=len(record["repeats"]),
        seconds=entry.seconds,
        auc=_figure(one.auc),
        pauc=_figure(one.pauc),
        mauc=over_machines("mauc"),
        mean_auc_pauc=_figure(one.mean),
        pooled_auc=over_machines("pooled_auc"),
        machines=machines,
        best=best,
        letters=letters,
        places=places,
    )


def _machine(one: _Measured, machine: str) -> MachineFigures:
    here = [i for i, of_id in enumerate(one.entry.ids) if of_id.machine == machine]
    scored = {of_id.id: s for of_id, s in one.entry.ids.items() if of_id.machine == machine}
    truth = np.concatenate([clips.anomalous for clips in scored.values()])
    pooled = np.hstack([clips.scores for clips in scored.values()])
    auc = one.auc.pick(here)
    return MachineFigures(
        auc=_figure(auc),
        pauc=_figure(one.pauc.pick(here)),
        mauc=_spread(auc.measured.min(axis=1)),
        mean_auc_pauc=_figure(one.mean.pick(here)),
        pooled_auc=_spread(metrics.auc(truth, scores) for scores in pooled),
        ids={
            of_id: IdFigures(
                auc=_figure(one.auc.pick([place])),
                pauc=_figure(one.pauc.pick([place])),
                mean_auc_pauc=_figure(one.mean.pick([place])),
                normal=int((~clips.anomalous).sum()),
                anomalous=int(clips.anomalous.sum()),
                roc=pictures.roc(clips.anomalous, clips.scores),
                scores=pictures.histogram(clips.anomalous, clips.scores[0]),
            )
            for place, (of_id, clips) in zip(here, scored.items(), strict=True)
        },
    )


def _figure(areas: Areas) -> Spread:
    """The spread over repeats and both intervals; none for new IDs where no type has two."""
    low, high = stats.interval(areas, _means(areas, new_ids=False), new_ids=False)
    new = None
    if len(areas.machines) > len(set(areas.machines)):
        new = Interval(*stats.interval(areas, _means(areas, new_ids=True), new_ids=True))
    return _spread(_by_repeat(areas), Interval(low, high), new)


def _means(areas: Areas, *, new_ids: bool) -> Floats:
    """The resampled means; rows with the same number of repeats draw the same ones."""
    repeats = stats.drawn(len(areas.measured), RESAMPLES, derive(0, "repeats"))
    if not new_ids:
        return stats.means_on_these_ids(areas, repeats)
    ids = stats.drawn_ids(areas.machines, RESAMPLES, derive(0, "ids"))
    return stats.means_on_new_ids(areas, repeats, ids)


def _by_repeat(areas: Areas) -> Floats:
    """The mean over machine types of the mean over their IDs in each repeat, (R,)."""
    weighted = areas.measured * stats.equal_weights(areas.machines)
    return np.array([math.fsum(row) for row in weighted])  # equal repeats stay equal to the bit


def _spread(
    values: Iterable[float], these: Interval | None = None, new: Interval | None = None
) -> Spread:
    every = tuple(float(value) for value in values)
    sd = statistics.stdev(every) if len(every) > 1 else None
    return Spread(statistics.fmean(every), sd, every, these, new)
