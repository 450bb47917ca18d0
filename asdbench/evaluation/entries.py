"""What a board is made of: the scored clips of each machine ID of each row to be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from asdbench.evaluation.cost import Cost
from asdbench.evaluation.metrics import Floats


class MachineId(NamedTuple):
    """A machine ID of a machine type."""

    machine: str
    id: str


@dataclass(frozen=True)
class Scored:
    """Labelled test clips of one machine ID: labels (N,), scores (R, N) by repeat, and names.

    ``domains`` has each clip's, "source" or "target"; it is empty where they aren't known of all.
    ``decided`` (R, N) says which clips were called anomalous; None where no repeat has decisions.
    """

    anomalous: NDArray[np.bool_]
    scores: Floats
    clips: Sequence[str] = ()
    domains: Sequence[str] = ()
    decided: NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class Entry:
    """A row to be: its record, its complete repeats' numbers and costs, and its scores."""

    record: Mapping[str, Any]
    complete: Sequence[int]
    seconds: float | None
    ids: Mapping[MachineId, Scored]
    cost: Cost | None = None


def twins(entries: Sequence[Entry]) -> dict[int, int]:
    """By place, entries with the same scores as another, and the place of that: two names of one.

    A row that asdbench ran comes before one that was tuned to it, and an import after both.
    """
    first: dict[object, int] = {}
    found = {}
    for place in sorted(range(len(entries)), key=lambda place: _origin(entries[place])):
        ids = entries[place].ids
        scores = tuple((of_id, ids[of_id].scores.tobytes()) for of_id in sorted(ids))
        if (other := first.setdefault(scores, place)) != place:
            found[place] = other
    return found


def _origin(entry: Entry) -> tuple[bool, bool]:
    kind = entry.record["origin"]["kind"]
    return kind == "import", kind != "run"
