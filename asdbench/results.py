"""From scores to the leaderboard: machine ID, machine type, repeat, row."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from asdbench import metrics
from asdbench.config import canonical, key
from asdbench.store import Score, Store

VERSION = 1  # of the JSON schema, docs/results-format.md
FIGURES = ("auc", "pauc", "mauc", "mean_auc_pauc", "pooled_auc")
SUBSETS = ("evaluation", "development")  # in the order shown: papers chose on development

_ONE_CLASS = {True: "only anomalous", False: "only normal", None: "no labelled"}
Scored = Mapping[str, Mapping[str, Mapping[str, Sequence[Score]]]]  # subset, machine type, ID


@dataclass(frozen=True)
class Spread:
    """A figure over repeats: mean, standard deviation (n - 1; None for one repeat), each value."""

    mean: float
    sd: float | None
    values: Sequence[float]


@dataclass(frozen=True)
class IdFigures:
    """One machine ID."""

    auc: Spread
    pauc: Spread
    normal: int
    anomalous: int


@dataclass(frozen=True)
class MachineFigures:
    """One machine type: the mean over its IDs; ``mauc`` is its worst ID's AUC in each repeat.

    ``pooled_auc`` throws all its IDs' clips together, as some papers do: another number.
    """

    auc: Spread
    pauc: Spread
    mauc: Spread
    mean_auc_pauc: Spread
    pooled_auc: Spread
    ids: Mapping[str, IdFigures]


@dataclass(frozen=True)
class Row:
    """A label on one subset: means over machine types, and what they are made of.

    ``repeats`` of ``planned`` repeats are complete; ``seconds`` is what one took to fit and score.
    """

    label: str
    method: str
    summary: str
    subset: str
    origin: Mapping[str, Any]
    repeats: int
    planned: int
    seconds: float
    auc: Spread
    pauc: Spread
    mauc: Spread
    mean_auc_pauc: Spread
    pooled_auc: Spread
    machines: Mapping[str, MachineFigures]


@dataclass(frozen=True)
class Board:
    """Everything a leaderboard shows: rows by subset, best first, and what is missing.

    ``notes`` are for the reader: IDs that can't be measured, rows without a finished repeat.
    """

    version: int
    made_from: str
    benchmark: str
    recipe: Mapping[str, Any]
    rows: Sequence[Row]
    notes: Sequence[str]

    def subset(self, name: str) -> list[Row]:
        """The rows of one subset, best first."""
        return [row for row in self.rows if row.subset == name]

    @property
    def subsets(self) -> list[str]:
        """The subsets that there are rows of, evaluation first."""
        return [name for name in SUBSETS if self.subset(name)]

    def as_dict(self) -> dict[str, Any]:
        """The board as JSON has it."""
        return asdict(self)


def made_from(store: Store) -> str:
    """A hash of what a board would be made from now: rows, and which of their cells are done."""
    rows = store.rows()
    cells = {name for row in rows for names in row["repeats"] for name in names}
    finished = {}
    for name in sorted(cells):
        file = store.cell_folder(name) / "cell.json"
        if file.exists():
            finished[name] = file.stat().st_mtime_ns
    return key({"version": VERSION, "rows": rows, "cells": finished})


def board(store: Store) -> Board:
    """Read every row of an output folder. A repeat counts once all of its cells are done."""
    rows: list[Row] = []
    notes: list[str] = []
    records = store.rows()
    for record in records:
        complete = [names for names in record["repeats"] if all(map(store.cell, names))]
        if not complete:
            notes.append(f"{record['label']}: no repeat is complete")
            continue
        cells = [[store.cell(name) for name in names] for names in complete]
        notes += _mixed(record["label"], [cell for repeat in cells for cell in repeat if cell])
        seconds = statistics.fmean(sum(c["seconds"] for c in repeat if c) for repeat in cells)
        repeats = [
            _group(score for name in names for score in store.scores(name)) for names in complete
        ]
        for subset in SUBSETS:
            parts = [repeat[subset] for repeat in repeats if subset in repeat]
            machines, unmeasured = _machines(parts)
            notes += [f"{subset} {text}" for text in unmeasured]
            if machines:
                rows.append(_row(record, subset, len(complete), seconds, machines))
    notes += _differing(records)
    rows.sort(key=lambda row: (SUBSETS.index(row.subset), -row.mean_auc_pauc.mean, row.label))
    if not records:
        raise ValueError(f"no rows in {store.folder}; make some with asdbench run")
    return Board(
        version=VERSION,
        made_from=made_from(store),
        benchmark=records[0]["experiment"],
        recipe=records[0]["recipe"],
        rows=rows,
        notes=list(dict.fromkeys(notes)),
    )


def _mixed(label: str, cells: Sequence[Mapping[str, Any]]) -> list[str]:
    """What a row's cells were not run with alike: it may change figures, and never silently."""
    found = []
    for fact in ("source", "commit", "versions", "python", "cpu", "gpu"):
        values = {canonical(cell["facts"].get(fact)) for cell in cells}
        if len(values) > 1:
            found.append(fact)
    return [f"{label}: its cells differ in {', '.join(found)}"] if found else []


def _differing(records: Sequence[Mapping[str, Any]]) -> list[str]:
    """What the rows' recipes disagree in, besides the number of repeats."""
    notes = []
    for name in ("dataset", "train", "frontend", "numerics", "seed"):
        values: dict[str, list[str]] = defaultdict(list)
        for record in records:
            values[canonical(record["recipe"][name])].append(record["label"])
        if len(values) > 1:
            each = "; ".join(f"{', '.join(labels)}: {value}" for value, labels in values.items())
            notes.append(f"rows differ in {name}: {each}")
    return notes


def _group(scores: Iterable[Score]) -> Scored:
    """Scores by subset, machine type and ID; clips with withheld labels count for nothing."""
    found: dict[str, dict[str, dict[str, list[Score]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    for score in scores:
        found[score.subset][score.machine][score.id].append(score)
    return found


@dataclass(frozen=True)
class _Repeat:
    """One machine type's figures in one repeat."""

    ids: Mapping[str, tuple[float, float, int, int]]
    auc: float
    pauc: float
    mauc: float
    mean_auc_pauc: float
    pooled_auc: float


def _machines(
    repeats: Sequence[Mapping[str, Mapping[str, Sequence[Score]]]],
) -> tuple[dict[str, list[_Repeat]], list[str]]:
    """Each machine type's figures by repeat, and why an ID has none."""
    found: dict[str, list[_Repeat]] = {}
    notes = []
    for machine in sorted(repeats[0]) if repeats else []:
        for repeat in repeats:
            ids = {}
            pooled: list[Score] = []
            for id_, scores in sorted(repeat[machine].items()):
                known = [score for score in scores if score.anomalous is not None]
                labels = [bool(score.anomalous) for score in known]
                if len(set(labels)) < 2:
                    kind = _ONE_CLASS[labels[0] if labels else None]
                    notes.append(f"{machine} id_{id_}: {kind} test clips, so it has no AUC")
                    continue
                values = [score.score for score in known]
                ids[id_] = (
                    metrics.auc(labels, values),
                    metrics.pauc(labels, values),
                    labels.count(False),
                    labels.count(True),
                )
                pooled += known
            if ids:
                auc = statistics.fmean(figures[0] for figures in ids.values())
                pauc = statistics.fmean(figures[1] for figures in ids.values())
                truth = [bool(score.anomalous) for score in pooled]
                pooled_auc = metrics.auc(truth, [score.score for score in pooled])
                mauc = min(figures[0] for figures in ids.values())
                here = _Repeat(ids, auc, pauc, mauc, (auc + pauc) / 2, pooled_auc)
                found.setdefault(machine, []).append(here)
    return found, list(dict.fromkeys(notes))


def _row(
    record: Mapping[str, Any],
    subset: str,
    repeats: int,
    seconds: float,
    machines: Mapping[str, Sequence[_Repeat]],
) -> Row:
    def overall(pick: Callable[[_Repeat], float]) -> Spread:
        by_repeat = zip(*machines.values(), strict=True)
        return _spread([statistics.fmean(map(pick, types)) for types in by_repeat])

    return Row(
        label=record["label"],
        method=record["method"],
        summary=record["summary"],
        subset=subset,
        origin=record["origin"],
        repeats=repeats,
        planned=len(record["repeats"]),
        seconds=seconds,
        auc=overall(lambda r: r.auc),
        pauc=overall(lambda r: r.pauc),
        mauc=overall(lambda r: r.mauc),
        mean_auc_pauc=overall(lambda r: r.mean_auc_pauc),
        pooled_auc=overall(lambda r: r.pooled_auc),
        machines={machine: _machine(by_repeat) for machine, by_repeat in machines.items()},
    )


def _machine(repeats: Sequence[_Repeat]) -> MachineFigures:
    ids = {
        id_: IdFigures(
            auc=_spread([repeat.ids[id_][0] for repeat in repeats]),
            pauc=_spread([repeat.ids[id_][1] for repeat in repeats]),
            normal=normal,
            anomalous=anomalous,
        )
        for id_, (_, _, normal, anomalous) in repeats[0].ids.items()
    }
    return MachineFigures(
        auc=_spread([repeat.auc for repeat in repeats]),
        pauc=_spread([repeat.pauc for repeat in repeats]),
        mauc=_spread([repeat.mauc for repeat in repeats]),
        mean_auc_pauc=_spread([repeat.mean_auc_pauc for repeat in repeats]),
        pooled_auc=_spread([repeat.pooled_auc for repeat in repeats]),
        ids=ids,
    )


def _spread(values: Sequence[float]) -> Spread:
    sd = statistics.stdev(values) if len(values) > 1 else None
    return Spread(mean=math.fsum(values) / len(values), sd=sd, values=tuple(values))
