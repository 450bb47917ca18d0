"""Values of a tag in the order that they mean: -6, 0, 6; mild, medium, strong."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterable

_WORDS = (
    ("none", "mild", "medium", "strong"),
    ("none", "slight", "moderate", "severe"),
    ("low", "medium", "high"),
    ("small", "medium", "large"),
)


def in_order(values: Iterable[str]) -> list[str]:
    """The values from least to most where they lie on a scale, else by the alphabet."""
    every = sorted(set(values))
    return _on_scale(every) or every


def is_scale(values: Iterable[str]) -> bool:
    """Whether there are two or more values, all numbers or all words of one scale."""
    every = set(values)
    return len(every) > 1 and bool(_on_scale(every))


def _on_scale(values: Iterable[str]) -> list[str]:
    every = sorted(values)
    with contextlib.suppress(ValueError):
        if all(math.isfinite(float(value)) for value in every):
            return sorted(every, key=float)
    for words in _WORDS:
        if {value.lower() for value in every} <= set(words):
            return sorted(every, key=lambda value: words.index(value.lower()))
    return []
