"""Versions: the rows that one entrant has submitted on one test set, oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from asdbench.config.keys import canonical
from asdbench.config.names import flat
from asdbench.site.collected import Entrant, Submitted

_SEVERAL = 3  # changed fields that are named


@dataclass(frozen=True)
class RowVersion:
    """The ``number``-th row that an entrant submitted on a test set, from 1, of ``many``.

    ``changed`` says what is different from the one before.
    """

    entrant: Entrant
    submitted: Submitted
    number: int
    many: int
    changed: str

    @property
    def newest(self) -> bool:
        return self.number == self.many


def versions(rows: Sequence[Submitted]) -> list[RowVersion]:
    """The versions in these rows of a test set, in order of date."""
    by_entrant: dict[Entrant, list[Submitted]] = {}
    for one in sorted(rows, key=lambda row: row.order):
        by_entrant.setdefault(one.entrant, []).append(one)
    found = [
        RowVersion(
            entrant, one, place + 1, len(every), changes(every[place - 1], one) if place else ""
        )
        for entrant, every in by_entrant.items()
        for place, one in enumerate(every)
    ]
    return sorted(found, key=lambda version: version.submitted.order)


def changes(before: Submitted, now: Submitted) -> str:
    """What is different of a version: code, fields, seeds, repeats, asdbench's version."""
    said = []
    if before.fact("source") != now.fact("source"):
        said.append("source")
    old, new = (dict(flat(row.row.record["fields"])) for row in (before, now))
    fields = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    said += fields if len(fields) <= _SEVERAL else [f"{len(fields)} fields"]
    if before.asdbench != now.asdbench:
        said.append(f"asdbench {before.asdbench or '?'} to {now.asdbench or '?'}")
    recipes = before.row.record["recipe"], now.row.record["recipe"]
    for name in ("seed", "train", "train_sound", "frontend", "numerics"):
        if canonical(recipes[0].get(name)) != canonical(recipes[1].get(name)):
            said.append("training clips" if name.startswith("train") else name)
    if len(before.row.complete) != len(now.row.complete):
        said.append(f"{len(before.row.complete)} to {len(now.row.complete)} repeats")
    return ", ".join(dict.fromkeys(said)) or "scores"


def display_names(versions: Sequence[RowVersion]) -> dict[Entrant, str]:
    """What each entrant is called where they stand side by side: its label, if no other has it."""
    entrants = list(dict.fromkeys(version.entrant for version in versions))
    names: dict[Entrant, str] = {}
    for entrant in sorted(entrants):
        same = [other for other in entrants if other.label == entrant.label]
        told = [entrant.team, "imported" if entrant.imported else entrant.method]
        differ = [len({o.team for o in same}) > 1, len({o[1:3] for o in same}) > 1]
        more = [text for text, differs in zip(told, differ, strict=True) if differs and text]
        name = f"{entrant.label} ({', '.join(more)})" if more else entrant.label
        while name in names.values():
            name += "\N{PRIME}"
        names[entrant] = name
    return names
