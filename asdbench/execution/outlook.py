"""What a run could tell, said before a night is spent on it."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from functools import partial
from itertools import combinations
from pathlib import Path

from asdbench.config.experiment import Experiment
from asdbench.config.selection import Choice
from asdbench.data.clips import Clip
from asdbench.data.loading import dataset_of, protocol_of, recordings_of
from asdbench.evaluation import PROTOCOLS, RANKS, SUBSETS, Row
from asdbench.evaluation.power import ID_SD, SEED_SD, Told, clip_variance, repeats_for, told
from asdbench.results.files import current
from asdbench.results.store import Store

TRIED = (1, 2, 3, 5, 10, 20)  # repeats
Counts = Mapping[str, Sequence[tuple[int, int]]]


@dataclass(frozen=True)
class Spreads:
    """Standard deviations of a row: over seeds, and of its lead over machine IDs of a type.

    ``seed_in`` and ``id_in`` are the output folder that each was measured in; None for what is
    usual.
    """

    seed: float
    id: float
    seed_in: Path | None
    id_in: Path | None


@dataclass(frozen=True)
class Outlook:
    """What a run could tell on one subset.

    Attributes:
        subset: ``development`` or ``evaluation``.
        counts: Normal and anomalous test clips of each machine ID, by machine type.
        rows: Rows that the run would have.
        repeats: Repeats that it would have.
        spreads: What seeds and machine IDs are taken to do.
        one_pair: By repeats, the smallest differences that four boards in five would tell.
        all_pairs: The same among all pairs of rows.
        for_a_point: Repeats that tell one point here; None where 100 don't.
        ranks: The figure that the run's rows would be ranked by. All differences are of the mean
            of AUC and pAUC, whichever that is.
    """

    subset: str
    counts: Counts
    rows: int
    repeats: int
    spreads: Spreads
    one_pair: Mapping[int, Told]
    all_pairs: Mapping[int, Told]
    for_a_point: int | None
    ranks: str = RANKS


def outlooks(experiment: Experiment, choice: Choice, out: Path) -> list[Outlook]:
    """Of each subset with labelled clips of both classes; nothing is decoded or run.

    What seeds and machine IDs do is taken from the results in ``out``, where there are any. Raises
    ``ValueError`` where no machine ID has both classes.
    """
    dataset = dataset_of(experiment.dataset)
    clips = [recording.clip for recording in recordings_of(dataset)]
    rows, found = len(choice.rows), []
    random = min(2, sum(not row.deterministic for row in choice.rows))
    for subset in SUBSETS:
        counts = counts_of(clip for clip in clips if clip.subset == subset)
        if counts:
            spreads = measured_in(out, subset)
            tried = sorted({*TRIED, experiment.repeats})
            told_of = partial(_by_repeats, counts, tried, spreads, random=random)
            found.append(
                Outlook(
                    subset=subset,
                    counts=counts,
                    rows=rows,
                    repeats=experiment.repeats,
                    spreads=spreads,
                    one_pair=told_of(1),
                    all_pairs=told_of(max(1, rows * (rows - 1) // 2)),
                    for_a_point=repeats_for(0.01, counts, seed_sd=spreads.seed, random=random),
                    ranks=PROTOCOLS[protocol_of(dataset)][0],
                )
            )
    if not found:
        raise ValueError("no machine ID has both normal and anomalous test clips with labels")
    return found


def _by_repeats(
    counts: Counts, tried: Sequence[int], spreads: Spreads, pairs: int, *, random: int
) -> dict[int, Told]:
    """More repeats never tell less; degrees of freedom are only estimates, and may say so."""
    found: dict[int, Told] = {}
    best = (math.inf, math.inf, math.inf)
    for repeats in tried:
        one = told(counts, repeats, spreads.seed, spreads.id, pairs, random)
        best = tuple(  # type: ignore[assignment]
            old if new is None else min(old, new)
            for old, new in zip(best, astuple(one), strict=True)
        )
        found[repeats] = Told(*(None if share == math.inf else share for share in best))
    return found


def counts_of(clips: Iterable[Clip]) -> Counts:
    """Normal and anomalous test clips of each machine ID that has both, by machine type."""
    labels: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for clip in clips:
        if clip.split == "test" and clip.anomalous is not None:
            labels[clip.machine, clip.id].append(clip.anomalous)
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for (machine, _), of_id in sorted(labels.items()):
        if len(set(of_id)) == 2:
            found[machine].append((of_id.count(False), of_id.count(True)))
    return dict(found)


def measured_in(out: Path, subset: str) -> Spreads:
    """The medians over the rows of an output folder, or what is usual."""
    store = Store(out)  # which a tuning makes without a row
    rows = current(store).subset(subset) if store.rows() else []
    seeds = [row.mean_auc_pauc.sd for row in rows if row.seeds == "counted"]
    leads = [lead for one, other in combinations(rows, 2) if (lead := _lead(one, other))]
    known = [sd for sd in seeds if sd is not None]
    return Spreads(
        statistics.median(known) if known else SEED_SD,
        statistics.median(leads) if leads else ID_SD,
        out if known else None,
        out if leads else None,
    )


def _lead(one: Row, other: Row) -> float | None:
    """A row's share in how a lead varies over the IDs of a type, without what few clips add."""
    variances = []
    for machine in one.machines.keys() & other.machines.keys():
        here, there = one.machines[machine].ids, other.machines[machine].ids
        shared = [(here[i], there[i]) for i in here.keys() & there.keys()]
        if len(shared) > 1:
            leads = [a.mean_auc_pauc.mean - b.mean_auc_pauc.mean for a, b in shared]
            clips = statistics.fmean(
                clip_variance(a.normal, a.anomalous, one.repeats) for a, _ in shared
            )
            variances.append(max(0.0, statistics.variance(leads) - clips))
    return (statistics.fmean(variances) / 2) ** 0.5 if variances else None
