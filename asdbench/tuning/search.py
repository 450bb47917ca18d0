"""Run the trials of a study, several at once, until there are as many as asked for."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from optuna.trial import Trial

from asdbench.execution.progress import Searched
from asdbench.results.records import Cell
from asdbench.tuning.objective import Objective
from asdbench.tuning.study import FinishedTrial, Study
from asdbench.tuning.trials import Fields

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Search:
    """A study, what its trials are measured by, and how parameters become a method's fields."""

    study: Study
    objective: Objective
    fields_of: Callable[[Mapping[str, Any]], Fields]
    repeats: int

    def run(self, trials: int, after_batch: Callable[[Study], None] = lambda _: None) -> None:
        """Finish what was begun, then ask for new trials."""
        if old := self.study.of_other_code():
            _log.warning(
                "%d of the study's trials were run by other code of %s than today's; to search "
                "anew, use another --out",
                old,
                self.objective.bench.plugin.name,
            )
        self._say(trials)
        batch = self.study.orphans()
        while batch or (batch := self.study.ask(self.objective.bench.engine.jobs, trials)):
            self._run_batch(batch)
            batch = []
            after_batch(self.study)
            self._say(trials)
        if elsewhere := sum(not trial.state.is_finished() for trial in self.study.all()):
            _log.info(
                "this choice is without %d of the trials, which another process is running; run "
                "the same command again when it is done",
                elsewhere,
            )

    def to_their_end(self) -> list[FinishedTrial]:
        """What trials that were stopped early would have come to."""
        stopped = self.study.stopped()
        cells = self._cells([self.fields_of(params) for _, params in stopped])
        every = [cell for of_trial in cells for cell in of_trial]
        failed = self.objective.bench.run(every, "the trials that were stopped early, to their end")
        found = []
        for (number, params), of_trial in zip(stopped, cells, strict=True):
            if not any(cell.name in failed for cell in of_trial):
                figures = self.objective.mean_figures(of_trial)
                value = self.objective.value(figures)
                found.append(FinishedTrial(number, params, value, figures))
        return found

    def _say(self, trials: int) -> None:
        done = sum(trial.state.is_finished() for trial in self.study.all())
        best = max((trial.value for trial in self.study.finished()), default=None)
        self.objective.bench.say(Searched(done, trials, best))

    def _run_batch(self, batch: Sequence[Trial]) -> None:
        """Run trials beside each other, a cell of each at a time, and stop the hopeless."""
        settings = {}
        for trial in batch:
            try:
                settings[trial] = self.fields_of(trial.params)
            except ValueError as error:  # the method doesn't take these together
                self.study.fail(trial, str(error))
        cells = dict(zip(settings, self._cells([*settings.values()]), strict=True))
        reported = dict.fromkeys(cells, 0)
        for step in range(max(map(len, cells.values()), default=0)):
            failed = self.objective.bench.run([of_trial[step] for of_trial in cells.values()])
            for trial, of_trial in list(cells.items()):
                if of_trial[step].name in failed:
                    self.study.fail(trial, failed[of_trial[step].name])
                    del cells[trial]
                    continue
                reported[trial] = self._reported(trial, of_trial[step], reported[trial])
                if _is_hopeless(trial, len(of_trial), step + 1):
                    self.study.prune(trial)
                    del cells[trial]
        for trial, of_trial in cells.items():
            figures = self.objective.mean_figures(of_trial)
            self.study.tell(trial, self.objective.value(figures), figures)

    def _reported(self, trial: Trial, cell: Cell, first: int) -> int:
        """Report the figures of a cell, from this step on; the step after them."""
        figures = self.objective.figures(self.objective.bench.scores([cell]))
        counted = [figure for instance, figure in figures.items() if instance.counts]
        for step, figure in enumerate(counted, start=first):
            self.study.report(trial, figure, step)
        return first + len(counted)

    def _cells(self, settings: Sequence[Fields]) -> list[list[Cell]]:
        """The cells of each setting, one repeat after the other."""
        by_repeat = self.objective.bench.cells(settings, self.repeats)
        return [[cell for repeat in of_trial for cell in repeat] for of_trial in by_repeat]


def _is_hopeless(trial: Trial, cells: int, done: int) -> bool:
    """Whether a trial of so many cells need not go on after those that are done.

    The first machine type alone is not the objective: not before half of them.
    """
    return cells / 2 <= done < cells and trial.should_prune()
