"""Choices among known names, and what is said of a name that is none of them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence


def check_choice(field: str, chosen: Sequence[str], known: Sequence[str]) -> None:
    """Raise ``ValueError`` unless a field names some of the known, each once."""
    if not chosen:
        raise ValueError(f"{field} is empty; choose from {', '.join(known)}")
    for name in chosen:
        if name not in known:
            hint = _meant(name, known) or f"choose from {', '.join(known)}"
            raise ValueError(f"{field} names {name!r}; {hint}")
    if len(set(chosen)) < len(chosen):
        raise ValueError(f"{field} is {', '.join(chosen)}; name each one once")


def check_known(what: str, asked: Iterable[str], known: Iterable[str], where: str) -> None:
    """Raise ``ValueError`` with a suggestion if something asked for isn't among the known."""
    names = sorted(known)
    for name in asked:
        if name not in names:
            hints = [*filter(None, [_meant(name, names)]), f"there is: {', '.join(names)}"]
            raise ValueError(f"no {what} {name!r} {where}; {' '.join(hints)}")


def _meant(name: str, known: Iterable[str]) -> str:
    """The nearest known name, whatever the case of letters; nothing if none is near."""
    lower = {known_name.lower(): known_name for known_name in known}
    near = difflib.get_close_matches(name.lower(), list(lower), n=1)
    return f"did you mean {lower[near[0]]}?" if near else ""
