"""What trials are measured by: the proxy task, or the labels of one subset."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from functools import partial
from statistics import fmean

from asdbench.config.experiment import Experiment, resolve
from asdbench.config.seeds import derive
from asdbench.data.loading import dataset_of, load
from asdbench.data.proxy.dataset import Proxy, faults_of
from asdbench.execution.progress import Reading
from asdbench.results.records import Cell, Score
from asdbench.results.store import Store
from asdbench.tuning.instances import Figures, family_aucs, mean_logit, true_figures
from asdbench.tuning.trials import Bench

TUNED_ON, REPORTED_ON = "development", "evaluation"  # of an oracle


@dataclass(frozen=True)
class Objective:
    """Clips to run on, a figure an instance, and one value for them all: higher is better.

    ``kind`` is "proxy" or "oracle". ``fresh(k)`` is the same with all that is random drawn anew:
    its base seed follows from this one's and from k, so that all settings meet the same k-th one.
    """

    kind: str
    bench: Bench
    figures: Callable[[Iterable[Score]], Figures]
    fresh: Callable[[int], Objective]

    def value(self, figures: Figures, without: Collection[object] = ()) -> float:
        """What a trial with these figures is worth, some instances left out."""
        kept = {i: figure for i, figure in figures.items() if i.counts and i not in without}
        return mean_logit(kept) if self.kind == "proxy" else fmean(kept.values())

    def mean_figures(self, cells: Iterable[Cell]) -> Figures:
        """Each instance's figure, mean over repeats."""
        by_repeat: dict[int, list[Cell]] = defaultdict(list)
        for cell in cells:
            by_repeat[cell.repeat].append(cell)
        found = [self.figures(self.bench.scores(of_repeat)) for of_repeat in by_repeat.values()]
        return {instance: fmean(figures[instance] for figures in found) for instance in found[0]}

    @property
    def report_on(self) -> str | None:
        """The subset that true figures are of; None for all of them."""
        return REPORTED_ON if self.kind == "oracle" else None


def proxy_objective(real: Bench, experiment: Experiment, held: contextlib.ExitStack) -> Objective:
    """Pseudo-anomalies on held-out normal training clips; nothing of any test clip.

    A fresh one holds out other clips, puts other faults into them, and trains with another seed.
    """
    proxy = Proxy(dataset_of(experiment.dataset), seed=experiment.seed)
    recordings = proxy.recordings()

    def progress(done: int, total: int) -> None:
        real.say(Reading("making pseudo-anomalies", done, total))

    clips, frontend, *_ = load(recordings, experiment.frontend, progress)
    recipe = resolve(
        experiment, real.recipe.benchmark, frontend=frontend, numerics=real.recipe.numerics
    )
    store = Store(real.store.folder / "tuning" / f"proxy-{clips.fingerprint[:8]}")
    held.enter_context(store.opened(clips.test_sets, "the proxy task"))

    def fresh(number: int) -> Objective:
        return proxy_objective(real, _reseeded(experiment, number), held)

    faults = faults_of(recordings)

    def family(score: Score) -> str | None:
        fault = faults[score.machine, score.id, score.clip]
        return fault.family if fault else None

    bench = replace(real, recipe=recipe, clips=clips, store=store)
    return Objective("proxy", bench, partial(family_aucs, family_of=family), fresh)


def oracle_objective(real: Bench) -> Objective:
    """The true figures of the development subset, which the report then leaves out.

    A fresh one trains with another seed; its clips are the same.
    """
    subsets = set(real.clips.test_sets)
    if subsets != {TUNED_ON, REPORTED_ON}:
        raise ValueError(
            "--objective oracle tunes on the labels of the development subset and reports on the "
            f"evaluation subset; this dataset has {' and '.join(sorted(subsets))} only"
        )

    def fresh(number: int) -> Objective:
        seed = derive(real.recipe.seed, "fresh", number)
        return oracle_objective(replace(real, recipe=replace(real.recipe, seed=seed)))

    return Objective("oracle", real, partial(true_figures, subset=TUNED_ON), fresh)


def _reseeded(experiment: Experiment, number: int) -> Experiment:
    return replace(experiment, seed=derive(experiment.seed, "fresh", number))
