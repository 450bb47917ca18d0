"""From measured entries to a row: figures over machine IDs, machine types and repeats."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from asdbench.evaluation import curves
from asdbench.evaluation.entries import Scored
from asdbench.evaluation.figures import (
    FIGURES,
    QUESTIONS,
    IdFigures,
    Interval,
    MachineFigures,
    Row,
    Spread,
)
from asdbench.evaluation.inference import interval
from asdbench.evaluation.measure import Measured
from asdbench.evaluation.sampled import Sampled
from asdbench.evaluation.variation import Estimate, estimate

OF_IDS = ("auc", "pauc", "mean_auc_pauc")


def row_of(subset: str, found: Measured, row: int, **told: Any) -> Row:
    """The row of an entry; ``told`` is what comparing it with the others has found."""
    mine, entry = found.alone(row), found.entries[row]
    figures: Any = {figure: spread_of(mine, mine.figures[figure]) for figure in FIGURES}
    figures["more"] = _more(mine, range(len(mine.ids)))
    record = entry.record
    machines = dict.fromkeys(of_id.machine for of_id in entry.ids)
    return Row(
        label=record["label"],
        method=record["method"],
        summary=record["summary"],
        subset=subset,
        origin=record["origin"],
        repeats=len(entry.complete),
        planned=len(record["repeats"]),
        seconds=entry.seconds,
        machines={machine: _machine(mine, machine) for machine in machines},
        seeds=_seeds(mine),
        remarks=list(record.get("remarks", ())),
        sources=dict(record.get("sources", {})),
        cost=entry.cost,
        **figures,
        **told,
    )


def alone(found: Measured, sampled: Sampled, row: int) -> Estimate:
    """A row's own figure, over the units that it has."""
    one = estimate(sampled, found.repeats, {row: 1.0})
    assert one is not None, "an entry has at least one machine ID"
    return one


def _seeds(mine: Measured) -> Literal["counted", "none", "unknown"]:
    [repeats], [entry] = mine.repeats, mine.entries
    if len(repeats.numbers) == 1:
        return "none" if repeats.declared else "unknown"
    scores = [one.scores for one in entry.ids.values()]
    return "none" if all((one == one[0]).all() for one in scores) else "counted"


def _machine(mine: Measured, machine: str) -> MachineFigures:
    [entry] = mine.entries
    ids = {
        of_id: place
        for place, of_id in enumerate(mine.ids)
        if of_id.machine == machine and of_id in entry.ids
    }
    type_place = mine.types.index(machine)

    def over(figure: str) -> Spread:
        units = [*ids.values()] if figure in OF_IDS else [type_place]
        return spread_of(mine, mine.figures[figure].pick(units))

    return MachineFigures(
        ids={of_id.id: _id(mine, place, entry.ids[of_id]) for of_id, place in ids.items()},
        more=_more(mine, [*ids.values()]),
        **{figure: over(figure) for figure in FIGURES},
    )


def _id(mine: Measured, place: int, clips: Scored) -> IdFigures:
    figures: Mapping[str, Spread] = {
        figure: spread_of(mine, mine.figures[figure].pick([place])) for figure in OF_IDS
    }
    return IdFigures(
        **figures,
        more=_more(mine, [place]),
        normal=int((~clips.anomalous).sum()),
        anomalous=int(clips.anomalous.sum()),
        roc=curves.roc(clips.anomalous, clips.scores),
        scores=curves.histogram(clips.anomalous, clips.scores[0]),
    )


def _more(mine: Measured, units: Sequence[int]) -> dict[str, Spread]:
    """Figures that not every board has, of a row on some machine IDs, where it has them."""
    picked = (
        (figure, sampled.pick(units))
        for figure, sampled in mine.figures.items()
        if figure not in FIGURES
    )
    return {figure: spread_of(mine, sampled) for figure, sampled in picked if sampled.has(0).any()}


def spread_of(found: Measured, sampled: Sampled, row: int = 0) -> Spread:
    """A row's figure over repeats, with the interval of each question; it has at least a unit."""
    one = alone(found, sampled, row)
    return _spread(
        found.by_repeat(sampled, row),
        {question: interval(one, getattr(one, question)) for question in QUESTIONS},
    )


def _spread(values: Iterable[float], intervals: Mapping[str, Interval | None]) -> Spread:
    every = tuple(float(value) for value in values)
    sd = statistics.stdev(every) if len(every) > 1 else None
    return Spread(statistics.fmean(every), sd, every, **intervals)
