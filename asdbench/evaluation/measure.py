"""From scored clips to AUC and pAUC: by repeat and machine ID, and in each resample."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from asdbench.config.seeds import derive
from asdbench.evaluation import bootstrap, metrics
from asdbench.evaluation.bootstrap import RESAMPLES, Areas
from asdbench.evaluation.metrics import Floats


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
class Measured:
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
        return dict(zip(self.entry.complete, by_repeat(self.mean).tolist(), strict=True))


def measured(subset: str, entries: Sequence[Entry]) -> list[Measured]:
    """AUC and pAUC of every entry; in each resample all of them meet the same clips."""
    found: list[list[tuple[MachineId, Floats, Floats]]] = [[] for _ in entries]
    for of_id in sorted({of_id for entry in entries for of_id in entry.ids}):
        scored = [entry.ids.get(of_id) for entry in entries]
        labels = next(here.anomalous for here in scored if here)
        counts = bootstrap.resampled_clips(labels, RESAMPLES, derive(0, "clips", subset, *of_id))
        for parts, here in zip(found, scored, strict=True):
            if here:
                figures = [_figures_of(here.anomalous, scores) for scores in here.scores]
                areas = [
                    bootstrap.resampled_areas(here.anomalous, scores, counts)
                    for scores in here.scores
                ]
                parts.append((of_id, np.array(figures), np.array(areas)))
    return [
        Measured(entry, _joined(parts, 0), _joined(parts, 1))
        for entry, parts in zip(entries, found, strict=True)
    ]


def means(areas: Areas, *, new_ids: bool) -> Floats:
    """The resampled means, (B,); rows with the same number of repeats draw the same ones."""
    repeats = bootstrap.drawn(len(areas.measured), RESAMPLES, derive(0, "repeats"))
    if not new_ids:
        return bootstrap.means_on_these_ids(areas, repeats)
    ids = bootstrap.drawn_ids(areas.machines, RESAMPLES, derive(0, "ids"))
    return bootstrap.means_on_new_ids(areas, repeats, ids)


def by_repeat(areas: Areas) -> Floats:
    """The mean over machine types of the mean over their IDs in each repeat, (R,)."""
    weighted = areas.measured * bootstrap.equal_weights(areas.machines)
    return np.array([math.fsum(row) for row in weighted])  # equal repeats stay equal to the bit


def _figures_of(anomalous: NDArray[np.bool_], scores: Floats) -> tuple[float, float]:
    return metrics.auc(anomalous, scores), metrics.pauc(anomalous, scores)


def _joined(parts: Sequence[tuple[MachineId, Floats, Floats]], figure: int) -> Areas:
    return Areas(
        np.stack([measured[:, figure] for _, measured, _ in parts], axis=1),
        np.stack([resampled[:, figure] for _, _, resampled in parts], axis=1),
        tuple(of_id.machine for of_id, _, _ in parts),
    )
