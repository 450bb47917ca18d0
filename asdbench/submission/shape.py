"""What the files of an output folder hold, strictly: a stranger's are read by this alone."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from asdbench.submission.guard import RefusedError

MOMENT = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3])(:[0-5]\d){2}Z")
_STRICT = ConfigDict(strict=True, allow_inf_nan=False)  # fields that aren't known are passed over

Label = Annotated[str, Field(min_length=1, max_length=100)]
Line = Annotated[str, Field(max_length=1000)]
Count = Annotated[int, Field(ge=0, le=10**18)]
Amount = Annotated[float, Field(ge=0, le=1e12)]
Fact = str | None | Mapping[str, str]


@dataclass(frozen=True)
class TrainedOn:
    """Training clips and machine IDs of a subset."""

    clips: Count
    ids: Count
    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class RecipeFile:
    """What a row was run with; an import has none of it."""

    dataset: Mapping[str, Any] = field(default_factory=dict)
    train: Mapping[str, TrainedOn] = field(default_factory=dict)
    frontend: Mapping[str, Any] = field(default_factory=dict)
    numerics: Mapping[str, Any] = field(default_factory=dict)
    repeats: Count = 0
    seed: int = 0
    test: Mapping[str, str] = field(default_factory=dict)
    train_sound: Mapping[str, str] = field(default_factory=dict)
    faults: Sequence[Line] = ()
    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class RowFile:
    """``rows/<label>.json``."""

    label: Label
    method: Label
    summary: Line
    fields: Mapping[str, Any]
    experiment: Line
    recipe: RecipeFile
    origin: Mapping[str, Any]
    repeats: Annotated[Sequence[Annotated[Sequence[str], Field(min_length=1)]], Field(min_length=1)]
    deterministic: bool = False
    remarks: Sequence[Line] = ()
    sources: Mapping[str, Annotated[str, Field(max_length=4000)]] = field(default_factory=dict)
    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class CostFile:
    """What a cell took."""

    fit_seconds: Amount
    score_seconds: Amount
    clips: Count
    parameters: Count | None
    multiply_adds: Count | None
    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class SealFile:
    """What a cell's file is recognised by."""

    bytes: Count
    sha256: str
    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class CellFile:
    """``cell.json``."""

    seconds: Amount | None
    facts: Mapping[str, Fact]
    cell: Mapping[str, Any] = field(default_factory=dict)
    cost: CostFile | None = None
    files: Mapping[str, SealFile] = field(default_factory=dict)
    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class MarkFile:
    """What ``test-sets.json`` says of a subset."""

    hash: Annotated[str, Field(pattern=r"^[0-9a-f]{8,64}$")]
    description: Line
    protocol: Literal["2020", "2021", "2022"] = "2020"
    __pydantic_config__ = _STRICT


Marks = Annotated[Mapping[Literal["development", "evaluation"], MarkFile], Field(min_length=1)]
TagsFile = Mapping[str, Mapping[str, Mapping[str, Mapping[str, Mapping[str, str]]]]]


@cache
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


def shaped(value: Any, shape: Any, name: str) -> Any:
    """The value as this shape; raises ``RefusedError`` with the file and the first wrong field."""
    try:
        # JSON has lists where Python's strict mode wants what it says.
        return _adapter(shape).validate_json(json.dumps(value))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise RefusedError(f"{name}: {where}: {first['msg'][:200]}") from None
