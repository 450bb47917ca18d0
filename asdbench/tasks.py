"""What trials are measured by: the proxy task, or the labels of one subset."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from statistics import fmean

from asdbench import metrics
from asdbench.bench import Bench
from asdbench.datasets.proxy import UNSEEN_ID, Proxy, family_of
from asdbench.experiment import Experiment
from asdbench.plan import Cell
from asdbench.reading import dataset_of, read_clips
from asdbench.seeds import derive
from asdbench.store import Score, Store
from asdbench.trust import objective


@dataclass(frozen=True)
class Task:
    """Clips to run on, a figure an instance (``fan/speed``), and one for them all.

    ``fresh(k)`` is the same task with all that is random drawn anew. Its base seed follows from
    that of this task and from k, so that all settings meet the same k-th one.
    """

    bench: Bench
    figures: Callable[[Iterable[Score]], dict[str, float]]
    value: Callable[[Mapping[str, float]], float]
    fresh: Callable[[int], Task]

    def mean_figures(self, cells: Iterable[Cell]) -> dict[str, float]:
        """Each instance's figure, mean over repeats."""
        by_repeat: dict[int, list[Cell]] = defaultdict(list)
        for cell in cells:
            by_repeat[cell.repeat].append(cell)
        found = [self.figures(self.bench.scores(of_repeat)) for of_repeat in by_repeat.values()]
        return {instance: fmean(figures[instance] for figures in found) for instance in found[0]}


def proxy_task(real: Bench, experiment: Experiment, held: contextlib.ExitStack) -> Task:
    """Pseudo-anomalies on held-out normal training clips; nothing of any test clip.

    A fresh one holds out other clips, puts other faults into them, and trains with another seed.
    """
    proxy = Proxy(dataset_of(experiment), seed=experiment.seed)
    clips, resolved = read_clips(proxy, experiment, "making pseudo-anomalies")
    store = Store(real.store.folder / "tuning" / f"proxy-{clips.fingerprint[:8]}")
    store.open(clips.test_sets, "the proxy task")
    held.callback(store.close)

    def value(figures: Mapping[str, float]) -> float:
        return objective({instance: auc for instance, auc in figures.items() if counts(instance)})

    def fresh(number: int) -> Task:
        return proxy_task(real, _reseeded(experiment, number), held)

    bench = replace(real, experiment=resolved, clips=clips, store=store)
    return Task(bench, family_aucs, value, fresh)


def _reseeded(experiment: Experiment, number: int) -> Experiment:
    return replace(experiment, seed=derive(experiment.seed, "fresh", number))


def counts(instance: str) -> bool:
    """Whether an instance is part of the objective: all but the unseen IDs are."""
    return not instance.endswith(f"/{UNSEEN_ID}")


def family_aucs(scores: Iterable[Score]) -> dict[str, float]:
    """The AUC of each machine type and family, ``fan/speed``.

    The mean over machine IDs, each as heavy as it has held-out normal clips: an AUC against one
    clip is little more than a coin that was tossed.
    """
    normal: dict[tuple[str, str], list[float]] = defaultdict(list)
    pseudo: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for score in scores:
        fault = family_of(score.clip)
        if fault is None:
            normal[score.machine, score.id].append(score.score)
        else:
            pseudo[score.machine, score.id, fault.family].append(score.score)
    by_family = defaultdict(list)
    for (machine, id_, family), faulty in pseudo.items():
        sound = normal[machine, id_]
        labels = [False] * len(sound) + [True] * len(faulty)
        auc = metrics.auc(labels, [*sound, *faulty])
        by_family[f"{machine}/{family}"].append((auc, len(sound)))
    return {
        instance: fmean([auc for auc, _ in aucs], [clips for _, clips in aucs])
        for instance, aucs in sorted(by_family.items())
    }


def oracle_task(real: Bench) -> Task:
    """The true figures of the development subset, which the report then leaves out.

    A fresh one trains with another seed; its clips are the same.
    """
    subsets = set(real.clips.test_sets)
    if subsets != {"development", "evaluation"}:
        raise ValueError(
            "--objective oracle tunes on the labels of the development subset and reports on the "
            f"evaluation subset; this dataset has {' and '.join(sorted(subsets))} only"
        )

    def figures(scores: Iterable[Score]) -> dict[str, float]:
        return true_figures(scores, "development")

    def fresh(number: int) -> Task:
        return oracle_task(replace(real, experiment=_reseeded(real.experiment, number)))

    return Task(real, figures, lambda found: fmean(found.values()), fresh)


def true_figures(scores: Iterable[Score], subset: str | None = None) -> dict[str, float]:
    """The mean of AUC and pAUC of each labelled machine ID, ``fan/id_00``."""
    by_id = defaultdict(list)
    for score in scores:
        if score.anomalous is not None and subset in (None, score.subset):
            by_id[f"{score.machine}/id_{score.id}"].append((score.anomalous, score.score))
    return {
        instance: (metrics.auc(*zip(*of_id)) + metrics.pauc(*zip(*of_id))) / 2  # noqa: B905
        for instance, of_id in sorted(by_id.items())
        if len({label for label, _ in of_id}) == 2
    }
