"""Checks of fields that no method can work without; a wrong one is the user's to mend."""

from __future__ import annotations


def at_least(least: float, **fields: float) -> None:
    """Raise ``ValueError`` naming the first field that is below ``least``."""
    for name, value in fields.items():
        if value < least:
            raise ValueError(f"{name} = {value}; it must be at least {least:g}")


def above_zero(**fields: float) -> None:
    """Raise ``ValueError`` naming the first field that isn't above 0."""
    for name, value in fields.items():
        if not value > 0:
            raise ValueError(f"{name} = {value}; it must be above 0")
