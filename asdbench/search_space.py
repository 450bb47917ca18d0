"""What tuning may vary: the spaces that a method's fields declare, narrowed by a recipe."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable, Mapping
from typing import Any

from asdbench.config import build, did_you_mean
from asdbench.method import Space

Suggest = Callable[[str, Space, type], Any]


@dataclasses.dataclass(frozen=True)
class Narrowed:
    """A space as a recipe writes it: ``{low = 1e-4, high = 1e-3}``, or ``{choices = [...]}``."""

    low: float | None = None
    high: float | None = None
    log: bool | None = None
    choices: list[Any] | None = None


@dataclasses.dataclass(frozen=True)
class Field:
    """One hyperparameter: its space, its type, and the value that it has without tuning."""

    space: Space
    kind: type
    default: Any


def search_space(
    cls: type, defaults: Mapping[str, Any], narrowed: Mapping[str, Any], where: str
) -> dict[str, Field]:
    """Every field to search by its dotted name: ``classifier.lr``.

    ``defaults`` are all fields of the method, resolved. ``narrowed`` changes or fixes spaces: a
    table gives a space, a plain value takes the field out of the search. Raises ``ValueError`` for
    names that aren't there, and where nothing is left to search.
    """
    found = dict(_declared(cls, defaults))
    for name, value in narrowed.items():
        if name not in found:
            raise ValueError(f"{where}: no field {name!r} to tune{did_you_mean(name, found)}")
        if not isinstance(value, Mapping):
            del found[name]  # fixed; the recipe's methods table has its value
            continue
        space = found[name].space
        change = build(Narrowed, value, f"{where}.{name}")
        given = {key: v for key, v in vars(change).items() if v is not None}
        if "choices" in given:
            space = Space(choices=tuple(given["choices"]))
        else:
            space = dataclasses.replace(space, **given, choices=None)
        _check(space, found[name].kind, f"{where}.{name}")
        found[name] = dataclasses.replace(found[name], space=space)
    if not found:
        raise ValueError(f"{where}: nothing to tune; no field is tunable, or all are fixed")
    return found


def _check(space: Space, kind: type, where: str) -> None:
    """Raise ``ValueError`` for a space that nothing can be drawn from."""
    if space.choices is not None:
        if not space.choices:
            raise ValueError(f"{where}: choices is empty; give at least one")
        return
    low, high = space.low, space.high
    if low is None or high is None or not low < high:
        raise ValueError(f"{where}: low = {low} isn't below high = {high}")
    if space.log and low <= 0:
        raise ValueError(f"{where}: low = {low} has no logarithm; use more than 0, or log = false")
    if kind is int and not (float(low).is_integer() and float(high).is_integer()):
        raise ValueError(f"{where}: low = {low}, high = {high}: give whole numbers")


def fixed_values(narrowed: Mapping[str, Any]) -> dict[str, Any]:
    """The plain values among narrowed spaces, as nested fields."""
    return nested({name: v for name, v in narrowed.items() if not isinstance(v, Mapping)})


def nested(dotted: Mapping[str, Any]) -> dict[str, Any]:
    """``{"classifier.lr": 1}`` as ``{"classifier": {"lr": 1}}``."""
    found: dict[str, Any] = {}
    for name, value in dotted.items():
        *above, last = name.split(".")
        place = found
        for part in above:
            place = place.setdefault(part, {})
        place[last] = value
    return found


def _declared(
    cls: type, defaults: Mapping[str, Any], above: str = ""
) -> typing.Iterator[tuple[str, Field]]:
    hints = typing.get_type_hints(cls)
    for field in dataclasses.fields(cls):
        default = defaults.get(field.name)
        if "space" in field.metadata:
            yield f"{above}{field.name}", Field(field.metadata["space"], hints[field.name], default)
        elif isinstance(default, Mapping) and dataclasses.is_dataclass(hints[field.name]):
            yield from _declared(hints[field.name], default, f"{above}{field.name}.")
