"""From scored clips to figures by repeat and machine ID, and how these vary with the clips."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from asdbench.evaluation.decided import decided
from asdbench.evaluation.domains import by_domain
from asdbench.evaluation.entries import Entry, MachineId
from asdbench.evaluation.metrics import Floats
from asdbench.evaluation.on_id import OnId, worst
from asdbench.evaluation.pooled import pooled
from asdbench.evaluation.protocols import OF_DOMAINS
from asdbench.evaluation.repeats import Repeats
from asdbench.evaluation.sampled import OnUnit, Sampled


@dataclass(frozen=True)
class Measured:
    """Entries of a subset, and each figure of them."""

    entries: Sequence[Entry]
    figures: Mapping[str, Sampled]
    ids: tuple[MachineId, ...]

    @cached_property
    def repeats(self) -> list[Repeats]:
        """Of each entry."""
        return [
            Repeats(
                one.record["method"],
                tuple(one.complete),
                one.record.get("deterministic", False),
                tuple(one.record.get("origin", {}).get("methods", ())),
            )
            for one in self.entries
        ]

    @property
    def types(self) -> list[str]:
        """The machine types, in the order of the units of figures that are made of types."""
        return list(dict.fromkeys(of_id.machine for of_id in self.ids))

    def alone(self, row: int) -> Measured:
        """One entry of them, as it was measured beside the others."""
        figures = {figure: sampled.among([row]) for figure, sampled in self.figures.items()}
        return Measured([self.entries[row]], figures, self.ids)

    def of_both(self, figure: str, first: int, second: int) -> Sampled:
        """A figure where two rows can be compared: of types, on those that both have all IDs of."""
        sampled = self.figures[figure]
        if sampled.of_ids:
            return sampled
        ids = [{i for i in self.ids if i in self.entries[row].ids} for row in (first, second)]
        odd = {of_id.machine for of_id in ids[0] ^ ids[1]}
        return sampled.pick([unit for unit, kind in enumerate(self.types) if kind not in odd])

    def by_repeat(self, sampled: Sampled, row: int) -> Floats:
        """The mean over what units the row has in each repeat, (R,)."""
        units = np.flatnonzero(sampled.has(row)).tolist()
        here = sampled.among([row]).pick(units).linear()
        weighted = here.measured[0] * here.weights()
        # Equal repeats stay equal to the bit.
        return np.array([math.fsum(of_repeat) for of_repeat in weighted])


def measured(subset: str, entries: Sequence[Entry], protocol: str = "2020") -> Measured:
    """Every figure of every entry; in each resample all of them meet the same clips.

    ``protocol`` says which figures of domains there are.
    """
    repeats = Measured(entries, {}, ()).repeats
    ids = sorted({of_id for entry in entries for of_id in entry.ids})
    of_ids: dict[str, dict[MachineId, OnUnit]] = defaultdict(dict)
    of_types: dict[str, list[tuple[str, OnUnit]]] = defaultdict(list)
    for machine in dict.fromkeys(of_id.machine for of_id in ids):
        here = {
            of_id: OnId(subset, of_id, entries, by_domain=protocol != "2020")
            for of_id in ids
            if of_id.machine == machine
        }
        for of_id, one in here.items():
            for figure, unit in _of_id(one, protocol, repeats):
                of_ids[figure][of_id] = unit
        every = [*here.values()]
        of_types["mauc"].append((machine, worst(every, repeats)))
        of_types["pooled_auc"].append((machine, pooled(every, repeats)))
    missing = OnUnit.missing(len(entries))
    figures = {
        figure: Sampled.joined(
            [(of_id.machine, units.get(of_id, missing)) for of_id in ids],
            of_ids=True,
            mean="harmonic" if figure in OF_DOMAINS else "types",
        )
        for figure, units in of_ids.items()
    } | {figure: Sampled.joined(parts, of_ids=False) for figure, parts in of_types.items()}
    return Measured(entries, figures, tuple(ids))


def _of_id(one: OnId, protocol: str, repeats: Sequence[Repeats]) -> Iterator[tuple[str, OnUnit]]:
    """Every figure of a machine ID."""
    yield from one.figures(repeats)
    yield from by_domain(one, protocol, repeats)
    yield from decided(one, repeats)
