"""What one cell may take and see. It changes no score, so no key holds it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Seconds that a cell may take, memory that it may take, and whether it sees files of others.

    ``gigabytes`` (of 1e9 bytes) come on top of what PyTorch itself takes. ``isolated`` lets a cell
    read the system, its method and its own scratch folder, and nothing else of the disk.
    """

    seconds: float | None = None
    gigabytes: float | None = None
    isolated: bool = False

    def __post_init__(self) -> None:
        for name in ("seconds", "gigabytes"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise ValueError(f"limits.{name} = {value}; give more than 0, or leave it out")


UNLIMITED = Limits()
