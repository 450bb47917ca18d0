"""Which repeats of a row count, and which rows their seeds have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Repeats(NamedTuple):
    """Which repeats of a row count, and whether seeds can change it.

    Rows of one ``method`` may share a trained stage, and a row shares the fits of the methods that
    it is made of (``parts``), so their repeats are paired. ``declared`` says that the method
    promises the same scores under every seed.
    """

    method: str
    numbers: tuple[int, ...]
    declared: bool = False
    parts: tuple[str, ...] = ()

    def paired(self, other: Repeats) -> bool:
        """Whether what a seed does to one, it does to the other."""
        methods = {self.method, *self.parts} & {other.method, *other.parts}
        return bool(methods) and self.numbers == other.numbers


def families(repeats: Sequence[Repeats]) -> list[int]:
    """The first row of each row's family: those that are paired with it, or with one that is."""
    family = list(range(len(repeats)))
    for place, one in enumerate(repeats):
        for other in range(place):
            if one.paired(repeats[other]):
                joined = {family[place], family[other]}
                family = [min(joined) if found in joined else found for found in family]
    return family
