"""From TOML and flags to frozen dataclasses, strictly; from those to canonical JSON and keys."""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
import json
import tomllib
import types
import typing
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")


def build(cls: type[T], values: Mapping[str, Any], where: str) -> T:
    """An instance of a dataclass from plain values, laid over its defaults.

    Nested dataclasses take nested mappings. Raises ``ValueError``, naming ``where`` and the field,
    for an unknown field, a missing or wrongly typed value, NaN or infinity.
    """
    fields = {field.name: field for field in dataclasses.fields(cls) if field.init}  # type: ignore[arg-type]
    try:
        hints = typing.get_type_hints(cls)
    except NameError as error:
        raise ValueError(f"{where}: import what its fields' types name: {error}") from error
    built = {}
    for name, value in values.items():
        if name not in fields:
            raise ValueError(f"{where}: no field {name!r}{did_you_mean(name, fields)}")
        built[name] = _value(hints[name], value, _default(fields[name]), f"{where}.{name}")
    for name, field in fields.items():
        if name not in built and _default(field) is dataclasses.MISSING:
            raise ValueError(f"{where}: field {name!r} is missing; it has no default")
    try:
        return cls(**built)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{where}: {error}") from error


def plain(instance: Any) -> dict[str, Any]:
    """A dataclass's fields as JSON knows them: what ``build`` takes back."""
    found: dict[str, Any] = json.loads(canonical(instance))
    return found


def canonical(value: Any) -> str:
    """JSON with one spelling: sorted keys, no spaces, no NaN."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_fields_of
    )


def key(value: Any) -> str:
    """A hash of the canonical JSON: 16 hexadecimal digits."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()[:16]


def setting(text: str) -> tuple[str, dict[str, Any]]:
    """``method.field=value`` as (method, {field: value}), the value as TOML or else as text."""
    path, equals, written = text.partition("=")
    names = path.strip().split(".")
    if not equals or len(names) < 2 or not all(names):
        raise ValueError(f"--set {text!r}: write method.field=value, as in autoencoder.epochs=50")
    try:
        value: Any = tomllib.loads(f"value = {written}")["value"]
    except tomllib.TOMLDecodeError:
        value = written.strip()
    for name in reversed(names[1:]):
        value = {name: value}
    return names[0], value


def merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Both mappings, nested ones merged, the second winning."""
    merged = dict(below)
    for name, value in above.items():
        old = merged.get(name)
        both = isinstance(old, Mapping) and isinstance(value, Mapping)
        merged[name] = merge(old, value) if both else value  # type: ignore[arg-type]
    return merged


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of an error message about an unknown name: the nearest known one, or all of them."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; there are {', '.join(names)}" if names else ""


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


def _value(hint: Any, value: Any, default: Any, where: str) -> Any:
    nested = _dataclass_in(hint)
    if nested is not None and isinstance(value, Mapping):
        base = plain(default) if isinstance(default, nested) else {}
        return build(nested, merge(base, value), where)
    if nested is not None and nested is hint:
        raise ValueError(f"{where} = {value!r}: give the fields of {nested.__name__}, as a table")
    from pydantic import ConfigDict, TypeAdapter, ValidationError

    strict = ConfigDict(strict=True, allow_inf_nan=False)
    try:
        return TypeAdapter(hint, config=strict).validate_json(json.dumps(value, default=str))
    except ValidationError as error:
        reason = error.errors()[0]["msg"]
        raise ValueError(f"{where} = {value!r}: {reason[0].lower()}{reason[1:]}") from error


def _dataclass_in(hint: Any) -> type | None:
    """The dataclass that a hint names, also within ``Stage | None``."""
    options = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    return next((o for o in options if isinstance(o, type) and dataclasses.is_dataclass(o)), None)


def _fields_of(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    raise TypeError(f"{value!r} cannot be written as JSON")
