"""What a board's rows were run with, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from asdbench.evaluation import Board


def when(moment: str) -> str:
    """ "2026-03-01T10:20:30Z" for people; anything else as it is."""
    return moment[:16].replace("T", " ") + " UTC" if moment.endswith("Z") else moment


def said(value: Any) -> str:
    """A field or a fact in words."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {said(part)}" for key, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(said, value)) or "none"
    return when(value) if isinstance(value, str) else str(value)


def dotted(fields: Mapping[str, Any], start: str = "") -> dict[str, str]:
    """Nested fields side by side: ``classifier.batch.size``."""
    found: dict[str, str] = {}
    for name, value in fields.items():
        if isinstance(value, Mapping) and value:
            found |= dotted(value, f"{start}{name}.")
        else:
            found[start + name] = said(value)
    return found


def facts(board: Board, label: str) -> dict[str, str]:
    """A row's recipe and the facts of its cells, each in words."""
    system = board.systems[label]
    found = {name: "; ".join(map(said, values)) for name, values in system.facts.items()}
    if "finished" in found:
        found["finished"] = " to ".join(dict.fromkeys(map(when, system.facts["finished"])))
    return dotted(system.recipe) | found


def shared(board: Board) -> dict[str, str]:
    """What is the same in every row that asdbench ran; nothing where it ran fewer than two."""
    ran = [facts(board, label) for label, system in board.systems.items() if system.recipe]
    if len(ran) < 2:
        return {}
    first, *others = ran
    return {
        name: text
        for name, text in first.items()
        if all(other.get(name) == text for other in others)
    }


def finished(board: Board) -> str | None:
    """When the last cell was done."""
    moments = [m for system in board.systems.values() for m in system.facts.get("finished", ())]
    return max(moments, default=None)
