"""What one cell may take and see. It changes no score, so no key holds it."""

from __future__ import annotations

from dataclasses import dataclass

_LEAST = {"seconds": 0.001, "gigabytes": 0.01}  # with less, nothing can be imported
_MOST = 1e8


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
            if value is not None and not _LEAST[name] <= value <= _MOST:
                least = f"at least {_LEAST[name]:g}" if value < _LEAST[name] else "less"
                raise ValueError(f"limits.{name} = {value}; give {least}, or leave it out")


UNLIMITED = Limits()
