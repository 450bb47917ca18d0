"""One method with many settings on one set of clips: what a search runs its trials on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from asdbench.config.experiment import Resolved
from asdbench.config.plugins import Plugin
from asdbench.config.selection import ChosenRow
from asdbench.data.clips import Clips
from asdbench.engines.engine import Engine
from asdbench.execution.driver import run
from asdbench.execution.plan import Ground
from asdbench.execution.progress import Event, Running
from asdbench.results.records import Cell, Score
from asdbench.results.store import Store

Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Bench:
    """A method, the clips that it is run on, and the folder that its cells are kept in.

    ``say`` is told what happens.
    """

    recipe: Resolved
    plugin: Plugin
    clips: Clips
    store: Store
    engine: Engine
    say: Callable[[Event], None]

    @cached_property
    def _ground(self) -> Ground:
        return Ground.of(self.recipe, self.clips)

    def cells(self, settings: Sequence[Fields], repeats: int) -> list[list[list[Cell]]]:
        """The cells of each setting by repeat."""
        name, scope = self.plugin.name, self.plugin.load().scope
        rows = [ChosenRow(name, name, scope, fields) for fields in settings]
        return [[list(self._ground.cells(row, k)) for k in range(repeats)] for row in rows]

    def missing(self, cells: Sequence[Cell]) -> list[Cell]:
        """Those of these cells that have no results yet, each once."""
        return list({c.name: c for c in cells if not self.store.done(c.name)}.values())

    def run(self, cells: Sequence[Cell], what: str = "") -> dict[str, str]:
        """Run what is missing of these cells; why some failed, by name.

        ``what`` says what for; without it, only those who watch the trials are told.
        """
        missing = self.missing(cells)
        if not missing:
            return {}
        if what:
            self.say(Running(missing, what))
        failed = run(
            missing,
            {self.plugin.name: self.plugin},
            self.clips,
            self.store,
            engine=self.engine,
            watch=self.say,
        )
        return {one.cell.name: one.reason for one in failed}

    def scores(self, cells: Sequence[Cell]) -> list[Score]:
        """The scores of finished cells."""
        return [score for cell in cells for score in self.store.scores(cell.name)]
