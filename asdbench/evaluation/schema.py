"""The JSON schema of a board, made from its dataclasses and their docstrings."""

from __future__ import annotations

import re
from inspect import getdoc
from typing import Any

from asdbench.evaluation import board, breakdown, cost, figures

_ATTRIBUTES = re.compile(r"\n\nAttributes:\n((?: {4}.+\n?)+)")
_ATTRIBUTE = re.compile(r"^ {4}(\w+): (.+(?:\n {8}.+)*)", re.M)


def board_schema() -> dict[str, Any]:
    """The JSON schema (2020-12) of ``leaderboard.json`` and of ``Board.as_dict()``.

    Example:
        >>> schema = board_schema()
        >>> schema["properties"]["benchmark"]["type"]
        'string'
        >>> schema["$defs"]["Spread"]["properties"]["mean"]["description"]
        'Mean of the values.'
    """
    from pydantic import TypeAdapter

    made = TypeAdapter(board.Board).json_schema()
    parts = made.pop("$defs")
    _describe(made)
    for part in parts.values():
        _describe(part)
    made["properties"]["version"]["const"] = board.VERSION
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **made,
        "title": "asdbench leaderboard",
        "$defs": parts,
    }


def _describe(part: dict[str, Any]) -> None:
    """Put a dataclass's docstring where readers of a schema look; all its fields are there."""
    name = part["title"]
    described = next(
        getattr(m, name) for m in (figures, cost, breakdown, board) if hasattr(m, name)
    )
    text, attributes, *_ = _ATTRIBUTES.split(getdoc(described) or "")
    part["description"] = text
    part["required"] = list(part["properties"])
    for attribute, meaning in _ATTRIBUTE.findall(attributes):
        said = re.sub(r"\bNone\b", "null", " ".join(meaning.split()))
        part["properties"][attribute]["description"] = said
    for field in part["properties"].values():
        field.pop("title", None)
        field.pop("default", None)
