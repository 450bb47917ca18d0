"""From an output folder to the board: which rows, of which cells, made how."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

import numpy as np

from asdbench import pictures
from asdbench.board import SUBSETS, VERSION, Board, Pair, Row, System
from asdbench.config import canonical, key
from asdbench.datasets import facts
from asdbench.rows import Entry, MachineId, Scored, compared
from asdbench.store import Score, Store

DCASE2020 = "DCASE 2020 Task 2"
MATTERS = ("source", "commit", "versions", "python", "cpu", "gpu")  # facts that may change figures

_ONE_CLASS = {True: "only anomalous", False: "only normal", None: "no labelled"}
Record = Mapping[str, Any]


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
    now = made_from(store)  # what is done from here on is for the next board
    records = store.rows()
    if not records:
        raise ValueError(f"no rows in {store.folder}; make some with asdbench run")
    notes: list[str] = []
    systems: dict[str, System] = {}
    entries: dict[str, list[Entry]] = defaultdict(list)
    for record in records:
        repeats = enumerate(record["repeats"])
        complete = {number: names for number, names in repeats if all(map(store.done, names))}
        if not complete:
            notes.append(f"{record['label']}: no repeat is complete")
            continue
        made = _system(record, complete, store)
        systems[record["label"]] = made
        if made.mixed:
            notes.append(f"{record['label']}: its cells differ in {', '.join(made.mixed)}")
        seconds = _seconds(complete.values(), store)
        seen = _tuned_on(record)
        for subset, ids in _read(complete.values(), store).items():
            if subset == seen:
                notes.append(
                    f"{record['label']}: tuned with the labels of {subset}; not ranked on it"
                )
                continue
            measurable, unmeasured = _measurable(ids)
            notes += [f"{subset} {text}" for text in unmeasured]
            if measurable:
                entries[subset].append(Entry(record, made.complete, seconds, measurable))
    rows: list[Row] = []
    pairs: list[Pair] = []
    for subset in filter(entries.get, SUBSETS):
        of_subset, between = compared(subset, entries[subset])
        rows += of_subset
        pairs += between
    ours = next((record for record in records if record["recipe"]), records[0])  # imports have none
    return Board(
        version=VERSION,
        made_from=now,
        benchmark=ours["experiment"],
        recipe=ours["recipe"],
        rows=rows,
        notes=list(dict.fromkeys([*notes, *_differing(records)])),
        systems=systems,
        pairs=pairs,
        known={
            subset: DCASE2020
            for subset, test_set in store.test_sets().items()
            if test_set == facts.official_test_set(subset)
        },
        false_rates=pictures.FALSE_RATES,
    )


def _tuned_on(record: Record) -> str | None:
    """The subset whose labels a row was tuned with."""
    origin = record["origin"]
    return origin["subset"] if origin.get("objective") == "oracle" else None


def _system(record: Record, complete: Mapping[int, Sequence[str]], store: Store) -> System:
    """What a row's cells were run with; a difference may change figures, and is never silent."""
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    curves = []
    for number, names in complete.items():
        for name in names:
            cell = _cell(store, name)
            for fact, value in cell["facts"].items():
                found[fact][canonical(value)] = value
            machine = cell.get("cell", {}).get("machine")
            curves += pictures.curves(number, machine, store.history(name))
    every = {fact: [values[text] for text in sorted(values)] for fact, values in found.items()}
    if "finished" in every:
        every["finished"] = [every["finished"][0], every["finished"][-1]]
    return System(
        fields=record["fields"],
        recipe=record["recipe"],
        complete=list(complete),
        facts=every,
        mixed=[fact for fact in MATTERS if len(every.get(fact, ())) > 1],
        curves=curves,
    )


def _cell(store: Store, name: str) -> dict[str, Any]:
    cell = store.cell(name)
    assert cell is not None
    return cell


def _seconds(repeats: Iterable[Sequence[str]], store: Store) -> float | None:
    """Mean over repeats of the sum over cells; None where scores come from elsewhere."""
    by_repeat = [[_cell(store, name)["seconds"] for name in names] for names in repeats]
    if any(seconds is None for repeat in by_repeat for seconds in repeat):
        return None
    return statistics.fmean(map(sum, by_repeat))


def _read(
    repeats: Iterable[Sequence[str]], store: Store
) -> dict[str, dict[MachineId, list[list[Score]]]]:
    """A row's scores by subset, machine ID and repeat."""
    found: dict[str, dict[MachineId, list[list[Score]]]] = defaultdict(lambda: defaultdict(list))
    for name in (name for names in repeats for name in names):
        in_order = groupby(store.scores(name), attrgetter("subset", "machine", "id"))
        for (subset, machine, id_), scores in in_order:
            found[subset][MachineId(machine, id_)].append(list(scores))
    return found


def _measurable(
    ids: Mapping[MachineId, Sequence[Sequence[Score]]],
) -> tuple[dict[MachineId, Scored], list[str]]:
    """The IDs that have an AUC, and why the others have none; withheld labels count for nothing."""
    found, notes = {}, []
    for of_id, repeats in sorted(ids.items()):
        known = [[score for score in scores if score.anomalous is not None] for scores in repeats]
        labels = [bool(score.anomalous) for score in known[0]]
        if len(set(labels)) < 2:
            kind = _ONE_CLASS[labels[0] if labels else None]
            notes.append(f"{of_id.machine} id_{of_id.id}: {kind} test clips, so it has no AUC")
            continue
        values = [[score.score for score in scores] for scores in known]
        found[of_id] = Scored(np.array(labels), np.array(values))
    return found, notes


def _differing(records: Sequence[Record]) -> Iterator[str]:
    """What the rows' recipes disagree in, besides the number of repeats."""
    for name in ("dataset", "train", "frontend", "numerics", "seed"):
        values: dict[str, list[str]] = defaultdict(list)
        for record in records:
            if record["recipe"]:
                values[canonical(record["recipe"][name])].append(record["label"])
        if len(values) > 1:
            each = "; ".join(f"{', '.join(labels)}: {value}" for value, labels in values.items())
            yield f"rows differ in {name}: {each}"
