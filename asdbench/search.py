"""Run the trials of a study, several at once, until there are as many as asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from optuna.trial import Trial
from rich.progress import Progress

from asdbench.bench import Fields
from asdbench.plan import Cell
from asdbench.progress import CellsBar, bars, console
from asdbench.study import Finished, Study
from asdbench.study_mirror import StudyMirror
from asdbench.tasks import Task, counts


@dataclass(frozen=True)
class Search:
    """A study, what its trials are measured by, and how parameters become a method's fields."""

    study: Study
    task: Task
    fields_of: Callable[[Mapping[str, Any]], Fields]
    repeats: int

    def run(self, trials: int, mirror: StudyMirror) -> None:
        """Finish what was begun, then ask for new trials."""
        with bars() as progress:
            bar = progress.add_task("trials", total=trials)
            batch = self.study.orphans()
            while batch or (batch := self.study.ask(self.task.bench.engine.jobs, trials)):
                self._run_batch(batch)
                batch = []
                done = [trial for trial in self.study.all() if trial.state.is_finished()]
                mirror.update(done)
                text = f"{len(done)} of {trials} trials"
                if finished := self.study.finished():
                    text += f", best {max(trial.value for trial in finished):.3f}"
                progress.update(bar, completed=len(done), description=text)
                if not console.is_terminal:
                    console.print(text)
        if elsewhere := sum(not trial.state.is_finished() for trial in self.study.all()):
            console.print(
                f"this choice is without {elsewhere} of the trials, which another process is "
                "running; run the same command again when it is done"
            )

    def to_their_end(self, progress: Progress) -> list[Finished]:
        """What trials that were stopped early would have come to."""
        stopped = self.study.stopped()
        cells = self._cells([self.fields_of(params) for _, params in stopped])
        every = [cell for of_trial in cells for cell in of_trial]
        bar = CellsBar(progress, self.task.bench.missing(every))
        failed = self.task.bench.run(every, bar.watch)
        found = []
        for (number, params), of_trial in zip(stopped, cells, strict=True):
            if not any(cell.name in failed for cell in of_trial):
                figures = self.task.mean_figures(of_trial)
                found.append(Finished(number, params, self.task.value(figures), figures))
        return found

    def _run_batch(self, batch: Sequence[Trial]) -> None:
        """Run trials beside each other, a cell of each at a time, and stop the hopeless."""
        settings = {}
        for trial in batch:
            try:
                settings[trial] = self.fields_of(trial.params)
            except ValueError as error:  # the method doesn't take these together
                self.study.fail(trial, str(error))
        cells = dict(zip(settings, self._cells([*settings.values()]), strict=True))
        for step in range(max(map(len, cells.values()), default=0)):
            failed = self.task.bench.run([of_trial[step] for of_trial in cells.values()])
            for trial, of_trial in list(cells.items()):
                cell = of_trial[step]
                if cell.name in failed:
                    self.study.fail(trial, failed[cell.name])
                    del cells[trial]
                    continue
                figures = self.task.figures(self.task.bench.scores([cell]))
                for place, instance in enumerate(filter(counts, figures)):
                    trial.report(figures[instance], 1000 * step + place)
                done = step + 1
                # The first machine type alone is not the objective: not before half of the cells.
                if len(of_trial) / 2 <= done < len(of_trial) and trial.should_prune():
                    self.study.prune(trial)
                    del cells[trial]
        for trial, of_trial in cells.items():
            figures = self.task.mean_figures(of_trial)
            self.study.tell(trial, self.task.value(figures), figures)

    def _cells(self, settings: Sequence[Fields]) -> list[list[Cell]]:
        """The cells of each setting, one repeat after the other."""
        by_repeat = self.task.bench.cells(settings, self.repeats)
        return [[cell for repeat in of_trial for cell in repeat] for of_trial in by_repeat]
