"""Names: the nearest known one, natural order, dotted names of nested fields, and UTF-8."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of an error message about an unknown name: the nearest known one, or all of them."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; there are {', '.join(names)}" if names else ""


def near_path(path: str | Path, others: Iterable[str] = ()) -> str:
    """The end of an error message about a path that isn't there: the nearest one beside it, if any.

    One ends as it does. ``others`` are names without an end that could be meant too.
    """
    path = Path(path).expanduser()
    beside = [one for one in path.parent.glob("*") if one.suffix == path.suffix]
    known = {one.stem: str(one) for one in beside} | {one: one for one in others}
    near = difflib.get_close_matches(path.stem, sorted(known), n=1)
    return f"; did you mean {known[near[0]]}?" if near else ""


def check_utf8(path: object) -> None:
    """Raises ``ValueError`` where a path isn't UTF-8: no result could name it."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        raise ValueError(f"the name of {path} isn't UTF-8; rename the file or folder") from None


def natural(name: str) -> list[str | int]:
    """Orders "repeat_2" before "repeat_10"."""
    parts = re.split(r"([0-9]+)", name)
    return [int(part) if place % 2 else part for place, part in enumerate(parts)]


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


def flat(fields: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Nested fields by dotted names: ``classifier.margin``."""
    for name, value in fields.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def at(fields: Mapping[str, Any], dotted: str) -> Any:
    """The value of a dotted name in nested fields."""
    for name in dotted.split("."):
        fields = fields[name]
    return fields
