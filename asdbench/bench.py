"""One method with many settings on one set of clips: what tuning runs its trials on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from asdbench.choice import Choice, ChosenRow
from asdbench.clips import Clips
from asdbench.engines import Engine
from asdbench.executors import Event
from asdbench.experiment import Experiment
from asdbench.plan import Cell, plan
from asdbench.plugins import Plugin
from asdbench.runner import run
from asdbench.store import Score, Store

Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Bench:
    """A method, the clips that it is run on, and the folder that its cells are kept in."""

    experiment: Experiment
    plugin: Plugin
    clips: Clips
    store: Store
    engine: Engine

    def cells(self, settings: Sequence[Fields], repeats: int) -> list[list[list[Cell]]]:
        """The cells of each setting by repeat."""
        scope = self.plugin.load().scope
        rows = tuple(
            ChosenRow(str(place), self.plugin.name, scope, fields)
            for place, fields in enumerate(settings)
        )
        choice = Choice(rows, {self.plugin.name: self.plugin}, ())
        planned = plan("tuning", replace(self.experiment, repeats=repeats), choice, self.clips)
        return [[list(cells) for cells in row.cells] for row in planned.rows]

    def missing(self, cells: Sequence[Cell]) -> list[Cell]:
        """Those of these cells that have no results yet, each once."""
        return list({c.name: c for c in cells if not self.store.done(c.name)}.values())

    def run(
        self, cells: Sequence[Cell], watch: Callable[[Event], None] = lambda _: None
    ) -> dict[str, str]:
        """Run what is missing of these cells; why some failed, by name."""
        missing = self.missing(cells)
        if not missing:
            return {}
        choice = Choice((), {self.plugin.name: self.plugin}, ())
        planned = plan("tuning", self.experiment, choice, self.clips)
        finished = run(planned, missing, self.clips, self.store, engine=self.engine, watch=watch)
        return {failed.cell.name: failed.reason for failed in finished.failed}

    def scores(self, cells: Sequence[Cell]) -> list[Score]:
        """The scores of finished cells."""
        return [score for cell in cells for score in self.store.scores(cell.name)]
