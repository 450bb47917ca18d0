"""The JSON schema of a board: boards are valid, what isn't one is not, and every field is told."""

from __future__ import annotations

import doctest
import json
import re
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import jsonschema
import pytest

from asdbench.evaluation import board, breakdown, figures, schema
from asdbench.evaluation.board import Board

SCHEMA = schema.board_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def written(made: Board) -> dict[str, Any]:
    """What a reader of the file gets."""
    read: dict[str, Any] = json.loads(json.dumps(made.as_dict()))
    return read


def test_a_board_is_valid(small_board: Board) -> None:
    VALIDATOR.check_schema(SCHEMA)
    VALIDATOR.validate(written(small_board))


def test_unknown_fields_are_allowed_for_they_may_come(small_board: Board) -> None:
    VALIDATOR.validate(written(small_board) | {"weather": "fine"})


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda made: made.update(version=1), "4 was expected"),
        (lambda made: made.pop("notes"), "'notes' is a required property"),
        (lambda made: made["rows"][0].update(seconds="1.5"), "is not valid under any"),
        (lambda made: made["rows"][0]["auc"].pop("here"), "'here' is a required property"),
        (lambda made: made["pairs"][0].update(n=1.5), "is not of type 'integer'"),
        (lambda made: made["systems"]["knn"].update(curves={}), "is not of type 'array'"),
    ],
)
def test_what_is_no_board_is_not(
    small_board: Board, spoil: Callable[[dict[str, Any]], Any], says: str
) -> None:
    made = written(small_board)
    spoil(made)
    with pytest.raises(jsonschema.ValidationError, match=says):
        VALIDATOR.validate(made)


def test_every_part_and_every_field_is_told_and_no_other() -> None:
    parts = {"Board": SCHEMA, **SCHEMA["$defs"]}
    assert set(parts) == {
        *["Board", "Cost", "Row", "Pair", "System", "Curve", "Spread", "Interval", "Histogram"],
        *["MachineFigures", "IdFigures", "Difference", "Slice", "Behind"],
        *["Agreement", "FoundBy"],
    }
    for name, part in parts.items():
        described = next(getattr(m, name) for m in (board, figures, breakdown) if hasattr(m, name))
        assert part["description"]
        assert not re.search("Attributes:|Example:", part["description"])
        assert list(part["properties"]) == [field.name for field in fields(described)]
        told = {
            field: of_field.get("description") for field, of_field in part["properties"].items()
        }
        assert all(told.values()), told
        assert not any("\n" in text or "None" in text for text in told.values()), told


def test_it_has_a_title_and_says_which_schema_it_is() -> None:
    assert SCHEMA["title"] == "asdbench leaderboard"
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMA["properties"]["version"]["const"] == 4
    sd = SCHEMA["$defs"]["Spread"]["properties"]["sd"]
    assert sd["description"] == "Standard deviation of the values with n - 1; null for one repeat."
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA


def test_the_example_is_true() -> None:
    assert doctest.testmod(schema).failed == 0
