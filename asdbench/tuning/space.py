"""What tuning may vary: spaces that a method's fields declare, and those that a recipe gives."""

from __future__ import annotations

import dataclasses
import json
import logging
import typing
from collections.abc import Mapping
from typing import Any

from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from asdbench.config.keys import canonical
from asdbench.config.names import did_you_mean, nested
from asdbench.config.schema import build
from asdbench.training.method import Space

NOT_DECLARED = Space()
_log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class Narrowed:
    """A space as a recipe writes it: ``{low = 1e-4, high = 1e-3}``, or ``{choices = [...]}``."""

    low: float | None = None
    high: float | None = None
    log: bool | None = None
    choices: list[Any] | None = None


@dataclasses.dataclass(frozen=True)
class Field:
    """One hyperparameter: its space, its type, and the value that it has without tuning.

    ``counts_clips`` says that it is a number of a machine ID's training clips.
    """

    space: Space
    kind: type
    default: Any
    counts_clips: bool = False

    @property
    def distribution(self) -> BaseDistribution:
        """What Optuna draws from; ``ValueError`` for a space that nothing can be drawn from."""
        space = self.space
        if space.choices is not None:
            return CategoricalDistribution(list(space.choices))
        if space.low is None or space.high is None or not space.low < space.high:
            raise ValueError(f"low = {space.low} isn't below high = {space.high}")
        if self.kind is not int:
            return FloatDistribution(space.low, space.high, log=space.log)
        if not (float(space.low).is_integer() and float(space.high).is_integer()):
            raise ValueError(f"low = {space.low}, high = {space.high}: give whole numbers")
        return IntDistribution(int(space.low), int(space.high), log=space.log)

    def holds(self, value: Any) -> bool:
        """Whether a value lies within the space."""
        if self.space.choices is not None:
            return value in self.space.choices
        low, high = self.space.low, self.space.high
        number = isinstance(value, int | float) and low is not None and high is not None
        return bool(number and low <= value <= high)


def search_space(
    cls: type, defaults: Mapping[str, Any], narrowed: Mapping[str, Any], where: str
) -> dict[str, Field]:
    """Every field to search by its dotted name: ``classifier.lr``.

    ``defaults`` are all fields of the method, resolved. ``narrowed`` gives, changes or fixes
    spaces: a table gives one, a plain value takes the field out of the search. Raises
    ``ValueError`` for names that aren't there, and where nothing is left to search.
    """
    every = dict(_every(cls, defaults))
    found = {name: field for name, field in every.items() if field.space != NOT_DECLARED}
    for name, value in narrowed.items():
        if name not in every:
            raise ValueError(f"{where}: no field {name!r} to tune{did_you_mean(name, every)}")
        if not isinstance(value, Mapping):
            found.pop(name, None)  # fixed; the recipe's methods table has its value
            continue
        change = build(Narrowed, value, f"{where}.{name}")
        try:
            found[name] = _narrowed(every[name], change)
        except ValueError as error:
            raise ValueError(f"{where}.{name}: {error}") from error
    if not found:
        raise ValueError(f"{where}: nothing to tune; no field is tunable, or all are fixed")
    return found


def up_to_clips(space: Mapping[str, Field], clips: int, where: str) -> dict[str, Field]:
    """The space without numbers of more training clips than the smallest machine ID has.

    A field of which one value is left, or none, is searched no more. Raises ``ValueError`` where
    nothing is left to search.
    """
    found = {name: _up_to(one, clips) if one.counts_clips else one for name, one in space.items()}
    if fewer := [name for name in space if found[name] != space[name]]:
        said = "%s: %s can't be more than %d, the training clips of the smallest machine ID"
        _log.info(said, where, ", ".join(fewer), clips)
    kept = {name: field for name, field in found.items() if field is not None}
    if not kept:
        raise ValueError(
            f"{where}: nothing to tune; a machine ID has {clips} training clips, and "
            f"{', '.join(space)} can't be more"
        )
    return kept


def _up_to(field: Field, clips: int) -> Field | None:
    space = field.space
    if space.choices is not None:
        choices = tuple(choice for choice in space.choices if choice <= clips)
        narrower = dataclasses.replace(space, choices=choices)
        return dataclasses.replace(field, space=narrower) if len(choices) > 1 else None
    assert space.low is not None
    assert space.high is not None
    narrower = dataclasses.replace(space, high=min(space.high, clips))
    return (
        dataclasses.replace(field, space=narrower) if space.low < min(space.high, clips) else None
    )


def fixed_values(narrowed: Mapping[str, Any]) -> dict[str, Any]:
    """The plain values among narrowed spaces, as nested fields."""
    return nested({name: v for name, v in narrowed.items() if not isinstance(v, Mapping)})


def _narrowed(field: Field, change: Narrowed) -> Field:
    """The field in another space; ``ValueError`` for one that nothing can be drawn from."""
    given = {key: v for key, v in vars(change).items() if v is not None}
    if "choices" in given:
        space = Space(choices=tuple(given["choices"]))
    elif field.kind in {int, float}:
        space = dataclasses.replace(field.space, **given, choices=None)
    else:
        raise ValueError("it is no number; give choices")
    narrowed = dataclasses.replace(field, space=space)
    narrowed.distribution  # noqa: B018 - asked for its ValueError
    return narrowed


def _every(
    cls: type, defaults: Mapping[str, Any], above: str = ""
) -> typing.Iterator[tuple[str, Field]]:
    hints = typing.get_type_hints(cls)
    for field in dataclasses.fields(cls):
        unsaid = field.name not in defaults  # as fields with ``ADDED`` are, at their default
        default = json.loads(canonical(field.default)) if unsaid else defaults[field.name]
        hint = hints[field.name]
        if not isinstance(default, Mapping):
            space = field.metadata.get("space", NOT_DECLARED)
            counts = field.metadata.get("counts_clips", False)
            yield f"{above}{field.name}", Field(space, hint, default, counts)
        elif isinstance(hint, type) and dataclasses.is_dataclass(hint):
            yield from _every(hint, default, f"{above}{field.name}.")
