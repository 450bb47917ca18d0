"""What a machine does while it is recorded: its load, its wear, and what is wrong with it."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class State:
    """A machine's state in a clip; new, healthy and at full load if nothing is said."""

    fault: str | None = None
    severity: float = 0.0  # of the fault, up to 1
    load: float = 1.0  # of what it is built for: its speed, or a valve's pressure
    wear: float = 0.0  # from new, 0, to worn but healthy, 1

    def extents(self, faults: Iterable[str]) -> tuple[float, ...]:
        """The severity of each of these faults: 0 but for the one there is."""
        return tuple(self.severity * (self.fault == name) for name in faults)
