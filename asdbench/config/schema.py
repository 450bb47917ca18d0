"""From TOML and flags to frozen dataclasses, strictly."""

from __future__ import annotations

import dataclasses
import json
import tomllib
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from asdbench.config.names import did_you_mean, nested

T = TypeVar("T")
LISTS, TABLES = (tuple, list, Sequence), (dict, Mapping)  # what dataclasses may be within


def build(cls: type[T], values: Mapping[str, Any], where: str) -> T:
    """An instance of a dataclass from plain values, laid over its defaults.

    Nested dataclasses take nested mappings, laid over the field's own default, also within
    ``X | None``, ``tuple[X, ...]``, ``list[X]`` and ``dict[str, X]``: the entries given are all
    there are, each laid over the default's entry at the same place, if it has one. A mapping for
    ``X | Y`` is the one whose fields it names, the default's class first.

    Raises ``ValueError``, naming ``where`` and the field, for an unknown field, a missing or
    wrongly typed value, NaN or infinity.
    """
    return _instance(cls, values, None, where)


def setting(text: str) -> tuple[str, dict[str, Any]]:
    """``method.field=value`` as (method, {field: value}), the value as TOML or else as text."""
    path, equals, written = text.partition("=")
    method, dot, field = path.strip().partition(".")
    if not equals or not dot or not all([method, *field.split(".")]):
        raise ValueError(f"--set {text!r}: write method.field=value, as in autoencoder.epochs=50")
    try:
        found: dict[str, Any] = tomllib.loads(f"value = {written}")
    except (tomllib.TOMLDecodeError, RecursionError):
        found = {}
    value = found["value"] if len(found) == 1 else written.strip()
    return method, nested({field: value})


def settings_of(texts: Sequence[str] | None) -> dict[str, Any]:
    """Several such texts, by method."""
    found: dict[str, Any] = {}
    for text in texts or []:
        method, fields = setting(text)
        found = merge(found, {method: fields})
    return found


def merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Both mappings, nested ones merged, the second winning."""
    merged = dict(below)
    for name, value in above.items():
        old = merged.get(name)
        both = isinstance(old, Mapping) and isinstance(value, Mapping)
        merged[name] = merge(old, value) if both else value  # type: ignore[arg-type]
    return merged


def _instance(cls: type[T], values: Mapping[str, Any], over: Any, where: str) -> T:
    """An instance laid over another one of its class, or else over the class's defaults."""
    fields = _fields(cls)
    try:
        hints = typing.get_type_hints(cls)
    except NameError as error:
        raise ValueError(f"{where}: import what its fields' types name: {error}") from error
    below = isinstance(over, cls)
    built = {name: getattr(over, name) if below else _default(fields[name]) for name in fields}
    for name, value in values.items():
        if name not in fields:
            raise ValueError(f"{where}: no field {name!r}{did_you_mean(name, fields)}")
        built[name] = _value(hints[name], value, built[name], f"{where}.{name}")
    for name, value in built.items():
        if value is dataclasses.MISSING:
            raise ValueError(f"{where}: field {name!r} is missing; it has no default")
    try:
        return cls(**built)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{where}: {error}") from error


def _fields(cls: type) -> dict[str, dataclasses.Field[Any]]:
    return {field.name: field for field in dataclasses.fields(cls) if field.init}


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


def _value(hint: Any, value: Any, default: Any, where: str) -> Any:
    """A field's or an entry's value, laid over the default."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if not _holds_dataclass(hint):
        return _checked(hint, value, where)
    if origin in {typing.Union, types.UnionType}:
        return _member(inner, value, default, where)
    if not _is_dataclass(hint) and origin not in (*LISTS, *TABLES):
        raise ValueError(f"{where}: {hint} can't hold a dataclass; use a tuple, list or dict of it")
    if not _has_form(hint, value):
        raise ValueError(f"{where} = {value!r}: give {_form(hint)}")
    if _is_dataclass(hint):
        return _instance(hint, value, default, where)
    if origin in LISTS:
        return _list(origin, inner, value, default, where)
    known = default if isinstance(default, Mapping) else {}
    names = _checked(types.GenericAlias(dict, (inner[0], Any)), dict.fromkeys(value), where)
    return {
        name: _value(inner[1], one, known.get(name), f"{where}.{name}")
        for name, one in zip(names, value.values(), strict=True)
    }


def _list(origin: Any, inner: Any, value: Sequence[Any], default: Any, where: str) -> Any:
    """Entries of a list or tuple of dataclasses; a tuple of fixed length has one type an entry."""
    hints = [inner[0]] * len(value)
    if origin is tuple and inner[-1] is not ...:
        hints = list(inner)
        if len(value) != len(hints):
            raise ValueError(f"{where} has {len(value)} entries; give {len(hints)}")
    known = default if isinstance(default, Sequence) else ()
    entries = [
        _value(hint, one, known[place] if place < len(known) else None, f"{where}[{place}]")
        for place, (hint, one) in enumerate(zip(hints, value, strict=True))
    ]
    return entries if origin is list else tuple(entries)


def _member(options: Sequence[Any], value: Any, default: Any, where: str) -> Any:
    """The value as the member of a union that it has the form of."""
    if value is None and types.NoneType in options:
        return None
    holders = [option for option in options if _holds_dataclass(option)]
    others = tuple(o for o in options if o not in holders and o is not types.NoneType)
    alike = [option for option in holders if _has_form(option, value)]
    ways_out = " or ".join(map(_form, holders))
    if others and not (alike and _has_table(value)):
        try:
            return _checked(typing.Union[others], value, where)  # noqa: UP007
        except ValueError as error:
            raise ValueError(f"{error}; or give {ways_out}") from error
    if not alike:
        raise ValueError(f"{where} = {value!r}: give {ways_out}")
    return _value(_nearest(alike, value, default), value, default, where)


def _nearest(options: Sequence[Any], value: Any, default: Any) -> Any:
    """The option with the fewest names unknown or missing, the default's class first."""

    def misfits(option: Any) -> tuple[int, bool]:
        if not _is_dataclass(option):
            return 0, True
        fields, own = _fields(option), isinstance(default, option)
        unknown = [name for name in value if name not in fields]
        missing = [
            n for n, f in fields.items() if n not in value and _default(f) is dataclasses.MISSING
        ]
        return len(unknown) + len(missing) * (not own), not own

    return min(options, key=misfits)


def _checked(hint: Any, value: Any, where: str) -> Any:
    """A value without dataclasses in it, of exactly this type."""
    from pydantic import ConfigDict, TypeAdapter, ValidationError

    strict = ConfigDict(strict=True, allow_inf_nan=False)
    try:
        return TypeAdapter(hint, config=strict).validate_json(json.dumps(value, default=str))
    except ValidationError as error:
        reason = error.errors()[0]["msg"]
        raise ValueError(f"{where} = {value!r}: {reason[0].lower()}{reason[1:]}") from error


def _is_dataclass(hint: Any) -> bool:
    return isinstance(hint, type) and dataclasses.is_dataclass(hint)


def _holds_dataclass(hint: Any) -> bool:
    return _is_dataclass(hint) or any(map(_holds_dataclass, typing.get_args(hint)))


def _has_form(hint: Any, value: Any) -> bool:
    """Whether a value is a table, or a list, where the hint is one."""
    if typing.get_origin(hint) in LISTS:
        return isinstance(value, Sequence) and not isinstance(value, str)
    return isinstance(value, Mapping)


def _has_table(value: Any) -> bool:
    """Whether there is a table in a value, so that it is meant for a dataclass."""
    inside = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
    return isinstance(value, Mapping) or any(map(_has_table, inside))


def _form(hint: Any) -> str:
    """What to write for a hint that holds a dataclass."""
    if _is_dataclass(hint):
        return f"the fields of {hint.__name__}, as a table"
    return "a list of tables" if typing.get_origin(hint) in LISTS else "a table of tables"
