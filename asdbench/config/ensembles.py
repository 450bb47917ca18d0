"""Rows that are made of other rows' scores: what a recipe says of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from asdbench.config.names import did_you_mean

KEY = "ensemble"  # a table under methods that has it is a row of its own
By = Literal["standardised", "rank"]
_WAYS: dict[str, By] = {"standardised": "standardised", "rank": "rank"}


@dataclass(frozen=True)
class Ensemble:
    """A row's parts, by label, and how their scores are put together.

    "standardised": the mean of scores that are standardised by each part's training scores of the
    machine ID. "rank": the mean of ranks among the test clips of the machine ID, which a detector
    hasn't got.
    """

    parts: tuple[str, ...]
    by: By = "standardised"

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader of its row must know."""
        return ("transductive: its scores are ranks among the test clips",) * (self.by == "rank")


def ensembles_in(methods: Mapping[str, Mapping[str, Any]]) -> dict[str, Ensemble]:
    """The ensembles among the tables of methods. Raises ``ValueError`` for what makes no sense."""
    found = {}
    for label, table in methods.items():
        if KEY not in table:
            continue
        where, parts = f"methods.{label}", table[KEY]
        for name in table:
            if name not in {KEY, "by"}:
                raise ValueError(f"{where}: no field {name!r}{did_you_mean(name, [KEY, 'by'])}")
        if not isinstance(parts, list | tuple) or not all(isinstance(one, str) for one in parts):
            raise ValueError(f'{where}.ensemble = {parts!r}: write the rows, as in ["knn", "mine"]')
        if len(set(parts)) < 2:
            raise ValueError(f"{where}.ensemble = {parts!r}: it takes two rows or more")
        if table.get("by", "standardised") not in _WAYS:
            raise ValueError(f'{where}.by = {table["by"]!r}: write "standardised" or "rank"')
        found[label] = Ensemble(tuple(dict.fromkeys(parts)), _WAYS[table.get("by", "standardised")])
    for label, one in found.items():
        if nested := [part for part in one.parts if part in found]:
            raise ValueError(
                f"methods.{label}.ensemble: {nested[0]!r} is an ensemble itself; name its rows"
            )
    return found
