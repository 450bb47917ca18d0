"""From a measured entry to its row: figures over machine IDs, machine types and repeats."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence

import numpy as np

from asdbench.evaluation import bootstrap, curves, metrics
from asdbench.evaluation.bootstrap import Areas
from asdbench.evaluation.figures import IdFigures, Interval, MachineFigures, Row, Spread
from asdbench.evaluation.measure import Measured, Scored, by_repeat, means


def row_of(subset: str, one: Measured, *, best: float, letters: str, places: Sequence[int]) -> Row:
    """The row of an entry, with what comparing it with the others has found."""
    record, entry = one.entry.record, one.entry
    machines = {
        machine: _machine(one, machine)
        for machine in dict.fromkeys(of_id.machine for of_id in entry.ids)
    }

    def over_machines(figure: str) -> Spread:
        by_machine = [getattr(figures, figure).values for figures in machines.values()]
        return _spread(np.mean(by_machine, axis=0))

    return Row(
        label=record["label"],
        method=record["method"],
        summary=record["summary"],
        subset=subset,
        origin=record["origin"],
        repeats=len(entry.complete),
        planned=len(record["repeats"]),
        seconds=entry.seconds,
        auc=_figure(one.auc),
        pauc=_figure(one.pauc),
        mauc=over_machines("mauc"),
        mean_auc_pauc=_figure(one.mean),
        pooled_auc=over_machines("pooled_auc"),
        machines=machines,
        best=best,
        letters=letters,
        places=places,
    )


def _machine(one: Measured, machine: str) -> MachineFigures:
    here = [i for i, of_id in enumerate(one.entry.ids) if of_id.machine == machine]
    scored = {of_id.id: s for of_id, s in one.entry.ids.items() if of_id.machine == machine}
    truth = np.concatenate([clips.anomalous for clips in scored.values()])
    pooled = np.hstack([clips.scores for clips in scored.values()])
    auc = one.auc.pick(here)
    return MachineFigures(
        auc=_figure(auc),
        pauc=_figure(one.pauc.pick(here)),
        mauc=_spread(auc.measured.min(axis=1)),
        mean_auc_pauc=_figure(one.mean.pick(here)),
        pooled_auc=_spread(metrics.auc(truth, scores) for scores in pooled),
        ids={
            of_id: _id(one, place, clips)
            for place, (of_id, clips) in zip(here, scored.items(), strict=True)
        },
    )


def _id(one: Measured, place: int, clips: Scored) -> IdFigures:
    return IdFigures(
        auc=_figure(one.auc.pick([place])),
        pauc=_figure(one.pauc.pick([place])),
        mean_auc_pauc=_figure(one.mean.pick([place])),
        normal=int((~clips.anomalous).sum()),
        anomalous=int(clips.anomalous.sum()),
        roc=curves.roc(clips.anomalous, clips.scores),
        scores=curves.histogram(clips.anomalous, clips.scores[0]),
    )


def _figure(areas: Areas) -> Spread:
    """The spread over repeats and both intervals; none for new IDs where no type has two."""
    low, high = bootstrap.interval(areas, means(areas, new_ids=False), new_ids=False)
    new = None
    if len(areas.machines) > len(set(areas.machines)):
        new = Interval(*bootstrap.interval(areas, means(areas, new_ids=True), new_ids=True))
    return _spread(by_repeat(areas), Interval(low, high), new)


def _spread(
    values: Iterable[float], these: Interval | None = None, new: Interval | None = None
) -> Spread:
    every = tuple(float(value) for value in values)
    sd = statistics.stdev(every) if len(every) > 1 else None
    return Spread(statistics.fmean(every), sd, every, these, new)
