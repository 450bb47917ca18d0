"""How much longer a run may take, by what its cells take."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from asdbench.results.records import Cell

ENOUGH = 0.05  # the share of a fit that says how long all of it takes


class TimeLeft:
    """Watches cells begin, move and end; says how many seconds the rest may take.

    ``label`` names a cell's row, whose cells are alike; ``expected`` is what a cell of a row took
    before.
    """

    def __init__(
        self,
        cells: Sequence[Cell],
        label: Callable[[Cell], str],
        expected: Mapping[str, float],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._kinds = {cell.name: (label(cell), cell.machine is None) for cell in cells}
        self._expected, self._clock = expected, clock
        self._began: dict[str, float] = {}
        self._shares: dict[str, float] = {}
        self._took: dict[tuple[str, bool], list[float]] = defaultdict(list)
        self._waiting = dict.fromkeys(self._kinds)
        self._at_once = 1

    def begin(self, name: str) -> None:
        """A cell starts, or starts again."""
        self._waiting.pop(name, None)
        self._began[name], self._shares[name] = self._clock(), 0.0
        self._at_once = max(self._at_once, len(self._began))

    def move(self, name: str, share: float) -> None:
        """So much of a cell's fit is behind."""
        self._shares[name] = share

    def wait(self, name: str) -> None:
        """A cell has to start again."""
        self._began.pop(name, None)
        self._waiting[name] = None

    def end(self, name: str, *, done: bool) -> float:
        """A cell is over; the seconds that it took. What failed says nothing of the others."""
        self._waiting.pop(name, None)
        took = self._clock() - self._began.pop(name, self._clock())
        if done:
            self._took[self._kinds[name]].append(took)
        return took

    def elapsed(self, name: str) -> float:
        """Seconds since a cell began."""
        return self._clock() - self._began.get(name, self._clock())

    def left(self) -> tuple[float, bool] | None:
        """Seconds, and whether every cell is in them: False where it takes at least so long.

        None while nothing is known.
        """
        typical = {kind: self._typical(kind) for kind in set(self._kinds.values())}
        running = [self._rest(name, typical[self._kinds[name]]) for name in self._began]
        waiting = [typical[self._kinds[name]] for name in self._waiting]
        known = [seconds for seconds in (*running, *waiting) if seconds is not None]
        if not known:
            return None
        longest = max((seconds for seconds in running if seconds is not None), default=0.0)
        whole = len(known) == len(running) + len(waiting)
        return max(sum(known) / self._at_once, longest), whole

    def _typical(self, kind: tuple[str, bool]) -> float | None:
        """What a cell of this kind takes: measured, expected, or by how far the first ones are."""
        if self._took[kind]:
            return statistics.median(self._took[kind])
        if kind[0] in self._expected:
            return self._expected[kind[0]]
        by_share = [
            self.elapsed(name) / share
            for name in self._began
            if self._kinds[name] == kind and (share := self._shares[name]) >= ENOUGH
        ]
        return statistics.median(by_share) if by_share else None

    def _rest(self, name: str, typical: float | None) -> float | None:
        elapsed, share = self.elapsed(name), self._shares[name]
        if share >= ENOUGH:
            return elapsed * (1 - share) / share
        return None if typical is None else max(0.0, typical - elapsed)
