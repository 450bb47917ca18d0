"""From scored clips to figures by repeat and machine ID, and how these vary with the clips."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from asdbench.evaluation.entries import Entry, MachineId
from asdbench.evaluation.metrics import Floats
from asdbench.evaluation.on_id import OnId, worst
from asdbench.evaluation.pooled import pooled
from asdbench.evaluation.sampled import OnUnit, Repeats, Sampled, equal_weights

OF_TYPES = ("mauc", "pooled_auc")  # figures that all IDs of a machine type make together


@dataclass(frozen=True)
class Measured:
    """Entries of a subset, and each figure of them."""

    entries: Sequence[Entry]
    figures: Mapping[str, Sampled]
    ids: tuple[MachineId, ...]

    @property
    def repeats(self) -> list[Repeats]:
        """Of each entry."""
        return [
            Repeats(
                one.record["method"], tuple(one.complete), one.record.get("deterministic", False)
            )
            for one in self.entries
        ]

    @property
    def types(self) -> list[str]:
        """The machine types, in the order of the units of figures that are made of types."""
        return list(dict.fromkeys(of_id.machine for of_id in self.ids))

    def of_both(self, figure: str, first: int, second: int) -> Sampled:
        """A figure where two rows can be compared: of types, on those that both have all IDs of."""
        sampled = self.figures[figure]
        if sampled.of_ids:
            return sampled
        ids = [{i for i in self.ids if i in self.entries[row].ids} for row in (first, second)]
        odd = {of_id.machine for of_id in ids[0] ^ ids[1]}
        return sampled.pick([unit for unit, kind in enumerate(self.types) if kind not in odd])

    def by_repeat(self, sampled: Sampled, row: int) -> Floats:
        """The mean over machine types of the mean over their IDs in each repeat, (R,)."""
        units = np.flatnonzero(sampled.has(row)).tolist()
        weights = equal_weights(tuple(sampled.machines[unit] for unit in units))
        weighted = sampled.measured[row][:, units] * weights
        # Equal repeats stay equal to the bit.
        return np.array([math.fsum(of_repeat) for of_repeat in weighted])


def measured(subset: str, entries: Sequence[Entry]) -> Measured:
    """Every figure of every entry; in each resample all of them meet the same clips."""
    repeats = Measured(entries, {}, ()).repeats
    found: dict[str, list[tuple[str, OnUnit]]] = defaultdict(list)
    ids = sorted({of_id for entry in entries for of_id in entry.ids})
    for machine in dict.fromkeys(of_id.machine for of_id in ids):
        here = [OnId(subset, of_id, entries) for of_id in ids if of_id.machine == machine]
        for one in here:
            for figure, unit in one.figures(repeats):
                found[figure].append((machine, unit))
        found["mauc"].append((machine, worst(here, repeats)))
        found["pooled_auc"].append((machine, pooled(here, repeats)))
    figures = {
        figure: Sampled.joined(parts, of_ids=figure not in OF_TYPES)
        for figure, parts in found.items()
    }
    return Measured(entries, figures, tuple(ids))
