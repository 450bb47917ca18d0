"""The figures of a trial, one an instance, and what they come to: pure functions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from statistics import fmean
from typing import NamedTuple

import numpy as np

from asdbench.data.proxy.dataset import UNSEEN_ID
from asdbench.evaluation import metrics
from asdbench.results.records import Score

SATURATED, SHARE = 0.99, 0.8
MACHINE_ID = "id_"  # what the part of an instance starts with that is one
CLIP = 0.005  # an AUC of 1 has no logit


class Instance(NamedTuple):
    """What one figure is of: a machine type, and a family of faults or a machine ID (id_00)."""

    machine: str
    part: str

    @property
    def counts(self) -> bool:
        """Whether it is part of the objective: all but the unseen IDs are."""
        return self.part != UNSEEN_ID


Figures = Mapping[Instance, float]


def logit(auc: float) -> float:
    """The log odds of an AUC: from 0.98 to 0.99 is as far as from 0.5 to 0.67."""
    inside = min(max(auc, CLIP), 1 - CLIP)
    return float(np.log(inside / (1 - inside)))


def saturated(trials: Sequence[Figures]) -> set[Instance]:
    """The instances that nearly every trial solves: they can't tell trials apart."""
    found = {instance for aucs in trials for instance in aucs}
    return {
        instance
        for instance in found
        if np.mean([aucs[instance] > SATURATED for aucs in trials if instance in aucs]) > SHARE
    }


def mean_logit(aucs: Figures, without: Collection[Instance] = ()) -> float:
    """The mean logit of the AUC over machine types and families."""
    kept = [logit(auc) for instance, auc in sorted(aucs.items()) if instance not in without]
    return float(np.mean(kept))


def family_aucs(
    scores: Iterable[Score], family_of: Callable[[Score], str | None]
) -> dict[Instance, float]:
    """The AUC of each machine type and family; ``family_of`` is None for a normal clip.

    The mean over machine IDs, each as heavy as it has held-out normal clips: an AUC against one
    clip is little more than a coin that was tossed.
    """
    normal: dict[tuple[str, str], list[float]] = defaultdict(list)
    pseudo: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for score in scores:
        family = family_of(score)
        if family is None:
            normal[score.machine, score.id].append(score.score)
        else:
            pseudo[score.machine, score.id, family].append(score.score)
    by_family = defaultdict(list)
    for (machine, id_, family), faulty in pseudo.items():
        sound = normal[machine, id_]
        labels = [False] * len(sound) + [True] * len(faulty)
        auc = metrics.auc(labels, [*sound, *faulty])
        by_family[Instance(machine, family)].append((auc, len(sound)))
    return {
        instance: fmean([auc for auc, _ in aucs], [clips for _, clips in aucs])
        for instance, aucs in sorted(by_family.items())
    }


def true_figures(scores: Iterable[Score], subset: str | None = None) -> dict[Instance, float]:
    """The mean of AUC and pAUC of each labelled machine ID."""
    by_id = defaultdict(list)
    for score in scores:
        if score.anomalous is not None and subset in (None, score.subset):
            instance = Instance(score.machine, f"{MACHINE_ID}{score.id}")
            by_id[instance].append((score.anomalous, score.score))
    return {
        instance: (metrics.auc(*zip(*of_id)) + metrics.pauc(*zip(*of_id))) / 2  # noqa: B905
        for instance, of_id in sorted(by_id.items())
        if len({label for label, _ in of_id}) == 2
    }


def over_machines(figures: Figures) -> float:
    """The mean over machine types of the mean over their instances."""
    by_machine = defaultdict(list)
    for instance, figure in figures.items():
        by_machine[instance.machine].append(figure)
    return fmean(fmean(found) for found in by_machine.values())
