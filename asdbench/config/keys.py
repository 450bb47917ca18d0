"""Keys: canonical JSON of plain data and dataclasses, and hashes that results are found by.

The bytes of ``canonical`` and the length of ``key`` are part of what is on disk. They don't change.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable
from typing import Any

ADDED = "added"  # in the metadata of a field that came after results had been made


def plain(instance: Any) -> dict[str, Any]:
    """A dataclass's fields as JSON knows them: what ``build`` takes back.

    Without ``ADDED`` fields that have their default, so that older results are still found.
    """
    found: dict[str, Any] = json.loads(canonical(instance))
    return found


def canonical(value: Any) -> str:
    """JSON with one spelling: sorted keys, no spaces, no NaN."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_fields_of
    )


def key(value: Any) -> str:
    """A hash of the canonical JSON: 16 hexadecimal digits."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()[:16]


def digest(lines: Iterable[str], size: int = 12) -> str:
    """A hash of many lines of text, ``2 * size`` hexadecimal digits."""
    return hashlib.blake2b("\n".join(lines).encode(), digest_size=size).hexdigest()


def _fields_of(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {
            f.name: getattr(value, f.name) for f in dataclasses.fields(value) if _says(value, f)
        }
    raise TypeError(f"{value!r} cannot be written as JSON")


def _says(instance: Any, field: dataclasses.Field[Any]) -> bool:
    return not field.metadata.get(ADDED) or bool(getattr(instance, field.name) != field.default)
