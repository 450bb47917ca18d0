"""The true figures of a study's trials, looked at after its choice is fixed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from statistics import fmean

from asdbench.bench import Bench, Fields
from asdbench.progress import CellsBar, bars, console
from asdbench.search import Search
from asdbench.study import Finished
from asdbench.tasks import true_figures
from asdbench.trust import Trust, trust


def report_of(search: Search, real: Bench, pick: Finished, defaults: Fields) -> Trust | None:
    """How far to trust a choice, by the true figures of all trials; None without any labels.

    Trials that were stopped early are run to their end for it.
    """
    subset = None if search.task.bench is not real else "evaluation"
    if not _labelled(real, subset):
        return None
    console.print("the true figures of all trials, for the report only")
    with bars() as progress:
        trials = sorted(
            [*search.study.finished(), *search.to_their_end(progress)],
            key=lambda trial: trial.number,
        )
        settings = [search.fields_of(trial.params) for trial in trials]
        cells = [repeats_of[0] for repeats_of in real.cells([*settings, defaults], 1)]
        every = [cell for of_setting in cells for cell in of_setting]
        failed = real.run(every, CellsBar(progress, real.missing(every)).watch)
    true = [
        None
        if any(cell.name in failed for cell in of_setting)
        else fmean(_by_machine(true_figures(real.scores(of_setting), subset)))
        for of_setting in cells
    ]
    known = [(t, figure) for t, figure in zip(trials, true, strict=False) if figure is not None]
    if true[-1] is None or pick.number not in {trial.number for trial, _ in known}:
        console.print("the pick or the default failed on the real clips: no report of trust")
        return None
    return trust(
        [trial.value for trial, _ in known],
        [dict(_split(trial.figures)) for trial, _ in known],
        [figure for _, figure in known],
        default=true[-1],
        pick=[trial.number for trial, _ in known].index(pick.number),
    )


def _labelled(real: Bench, subset: str | None) -> bool:
    labels = {
        clip.anomalous
        for clip in real.clips
        if clip.split == "test" and subset in (None, clip.subset)
    }
    return {True, False} <= labels


def _by_machine(figures: Mapping[str, float]) -> list[float]:
    """The mean over IDs of each machine type."""
    by_machine = defaultdict(list)
    for instance, figure in figures.items():
        by_machine[instance.partition("/")[0]].append(figure)
    return [fmean(found) for found in by_machine.values()]


def _split(figures: Mapping[str, float]) -> Iterator[tuple[tuple[str, str], float]]:
    for instance, figure in figures.items():
        machine, _, family = instance.partition("/")
        yield (machine, family), figure
