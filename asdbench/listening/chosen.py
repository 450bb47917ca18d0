"""Which clips are on the page: those that rows get most wrong, and an ordinary one to compare.

Shapes: M rows, N clips of a machine ID.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from asdbench.evaluation.entries import Entry, MachineId, Scored
from asdbench.evaluation.metrics import Floats
from asdbench.listening.judged import percentiles, wrongness

EACH = 3  # clips of a row, machine ID and label
ALL = 2  # rows at least, for "all of them" to mean something


@dataclass(frozen=True)
class Opinion:
    """What a row makes of a clip: where it lies in each repeat, how wrong that is, and how many
    repeats called it anomalous (None where nothing was decided)."""

    percentiles: Sequence[float]
    wrong: float
    called: int | None


@dataclass(frozen=True)
class ChosenClip:
    """A test clip on the page.

    ``opinions`` are by the row's label, ``worst_of`` the rows that it is among the worst of,
    ``by_all`` says that it is among those that all rows get wrong, ``ordinary`` that it is the
    normal clip which the others of its ID are compared with.
    """

    subset: str
    machine: str
    id: str
    name: str
    anomalous: bool
    opinions: Mapping[str, Opinion]
    worst_of: Sequence[str]
    by_all: bool
    ordinary: bool


def choose(subset: str, entries: Sequence[Entry], each: int = EACH) -> list[ChosenClip]:
    """The clips of a subset: of each row, machine ID and label the ``each`` most wrong ones.

    Only those that are wrong at all; and as many that the least wrong row gets most wrong.
    """
    ids = sorted({of_id for entry in entries for of_id in entry.ids})
    return [clip for of_id in ids for clip in _of_id(subset, of_id, entries, each)]


def _of_id(
    subset: str, of_id: MachineId, entries: Sequence[Entry], each: int
) -> Iterator[ChosenClip]:
    rows = {e.record["label"]: e.ids[of_id] for e in entries if of_id in e.ids}
    first = next(iter(rows.values()))
    placed = {label: percentiles(scored) for label, scored in rows.items()}
    wrong_MN = np.array([wrongness(placed[label], scored) for label, scored in rows.items()])
    labels, classes = [*rows], (first.anomalous, ~first.anomalous)
    worst = [
        {place for of_class_N in classes for place in _worst(wrong_N, of_class_N, each)}
        for wrong_N in wrong_MN
    ]
    by_all: set[int] = set()
    if len(rows) >= ALL:
        least_N = wrong_MN.min(axis=0)
        by_all = {place for of_class_N in classes for place in _worst(least_N, of_class_N, each)}
    ordinary = int(np.where(first.anomalous, np.inf, wrong_MN.mean(axis=0)).argmin())
    for place in sorted({*by_all, *set().union(*worst), ordinary}):
        yield ChosenClip(
            subset,
            *of_id,
            name=first.clips[place],
            anomalous=bool(first.anomalous[place]),
            opinions={
                label: _opinion(placed[label], wrong_N, rows[label], place)
                for label, wrong_N in zip(labels, wrong_MN, strict=True)
            },
            worst_of=[
                label for label, of_row in zip(labels, worst, strict=True) if place in of_row
            ],
            by_all=place in by_all,
            ordinary=place == ordinary,
        )


def _worst(wrong_N: Floats, of_class_N: np.ndarray, each: int) -> list[int]:
    """The most wrong clips of a class that are wrong at all; of equal ones, the first."""
    places = np.flatnonzero(of_class_N)
    order = places[np.argsort(-wrong_N[places], kind="stable")][:each]
    return [int(place) for place in order if wrong_N[place] > 0]


def _opinion(placed_RN: Floats, wrong_N: Floats, scored: Scored, place: int) -> Opinion:
    called = None if scored.decided is None else int(scored.decided[:, place].sum())
    return Opinion(placed_RN[:, place].tolist(), float(wrong_N[place]), called)
