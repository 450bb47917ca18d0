"""From an output folder to the board: which rows, of which cells, made how."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from asdbench.config.keys import canonical, key
from asdbench.config.plugins import source_hash
from asdbench.data.dcase import facts
from asdbench.data.tags import Tags
from asdbench.evaluation import SUBSETS, VERSION, Board, Row, System, curves
from asdbench.evaluation.agreements import agreements
from asdbench.evaluation.entries import Entry
from asdbench.evaluation.protocols import OFFICIAL, check_figures
from asdbench.evaluation.ranking import compared, question_of, shown
from asdbench.evaluation.slices import MOST, crowded, slices
from asdbench.results.rows import Record
from asdbench.results.scored import Complete, entries_of
from asdbench.results.store import Store

MATTERS = ("source", "commit", "versions", "python", "cpu", "gpu")  # facts that may change figures


_SAID = {
    "train_sound": "the sound that they learned from (by hash)",
    "test": "the sound of test clips with the same names (by hash), so they can't be compared",
}


def made_from(store: Store) -> str:
    """A hash of what a board would be made from now: rows, which of their cells are done, code."""
    rows = store.rows()
    cells = {name for row in rows for names in row["repeats"] for name in names}
    finished = {}
    for name in sorted(cells):
        with contextlib.suppress(FileNotFoundError):
            finished[name] = (store.cell_folder(name) / "cell.json").stat().st_mtime_ns
    parts = {"version": VERSION, "rows": rows, "cells": finished, "tags": store.tags()}
    return key(parts | {"code": _code()})


@cache
def _code() -> list[str]:
    """What figures are computed by: another version of it makes another board."""
    packages = Path(__file__).parents[1] / "evaluation", Path(__file__).parent
    return [source_hash(package / "__init__.py") for package in packages]


def board(store: Store, figures: Sequence[str] = ()) -> Board:
    """Read every row of an output folder. A repeat counts once all of its cells are done.

    ``figures`` are to be shown, and rows ranked by the first of them, instead of what the year's
    challenge has. Raises ``ValueError`` for other figures, or where a row lacks the first.
    """
    if figures:
        check_figures(figures)
    try:
        return _board(store, figures)
    except FileNotFoundError:  # an import was replaced while it was read
        return _board(store, figures)


def _board(store: Store, figures: Sequence[str]) -> Board:
    now = made_from(store)  # what is done from here on is for the next board
    records = store.rows()
    if not records:
        raise ValueError(f"no rows in {store.folder}; make some with asdbench run")
    notes: list[str] = []
    systems, entries = read_rows(records, store, notes)
    protocols = store.protocols()
    by = figures[0] if figures else None
    compared_by_subset = {
        s: compared(s, entries[s], protocols[s], by) for s in SUBSETS if entries[s]
    }
    notes += _broken_promises(
        records, [row for rows, _ in compared_by_subset.values() for row in rows]
    )
    tags = store.tags()
    for subset, (rows, _) in compared_by_subset.items():
        notes += [*_crowded(subset, tags), *_not_official(subset, protocols[subset], rows)]
    ranked = {
        subset: _ranked(entries[subset], rows) for subset, (rows, _) in compared_by_subset.items()
    }
    ours = next((record for record in records if record["recipe"]), records[0])  # imports have none
    return Board(
        version=VERSION,
        made_from=now,
        benchmark=ours["experiment"],
        recipe=ours["recipe"],
        rows=[row for rows, _ in compared_by_subset.values() for row in rows],
        notes=list(dict.fromkeys([*notes, *_differing(records)])),
        systems=systems,
        pairs=[pair for _, pairs in compared_by_subset.values() for pair in pairs],
        known={
            subset: year.name
            for subset, test_set in store.test_sets().items()
            for year in facts.YEARS.values()
            if test_set == facts.official_test_set(year.number, subset)
        },
        protocol={subset: protocols[subset] for subset in compared_by_subset},
        figures={
            subset: figures or shown(protocols[subset], rows)
            for subset, (rows, _) in compared_by_subset.items()
        },
        false_rates=curves.FALSE_RATES,
        question={subset: question_of(rows) for subset, (rows, _) in compared_by_subset.items()},
        slices=[one for s in ranked for one in slices(s, ranked[s], tags.get(s, {}))],
        agreements=[one for s in ranked for one in agreements(s, ranked[s])],
    )


def read_rows(
    records: Sequence[Record], store: Store, notes: list[str]
) -> tuple[dict[str, System], dict[str, list[Entry]]]:
    """How each row with a complete repeat came about, and what it is compared by in each subset."""
    tags = store.tags()
    systems: dict[str, System] = {}
    entries: dict[str, list[Entry]] = defaultdict(list)
    for record in records:
        complete = _complete(record, store)
        if not complete:
            notes.append(f"{record['label']}: no repeat is complete")
            continue
        made = _system(record, complete, store)
        systems[record["label"]] = made
        if made.mixed:
            notes.append(f"{record['label']}: its cells differ in {', '.join(made.mixed)}")
        for subset, entry in entries_of(record, complete, store, tags, notes):
            entries[subset].append(entry)
    return systems, entries


def _broken_promises(records: Sequence[Record], rows: Sequence[Row]) -> Iterator[str]:
    promised = {record["label"] for record in records if record.get("deterministic")}
    for row in rows:
        if row.label in promised and row.seeds == "counted":
            yield f"{row.label}: its method declares to be deterministic, and its repeats differ"


def _ranked(entries: Sequence[Entry], rows: Sequence[Row]) -> list[Entry]:
    """The entries in the order of their rows."""
    places = [row.label for row in rows]
    return sorted(entries, key=lambda entry: places.index(entry.record["label"]))


def _crowded(subset: str, tags: Tags) -> Iterator[str]:
    """Which tags no results are shown by, and why."""
    for tag in crowded(tags.get(subset, {})):
        yield f"{subset}: the tag {tag} has more than {MOST} values, so nothing is shown by it"


def _not_official(subset: str, protocol: str, rows: Sequence[Row]) -> Iterator[str]:
    """Which machine IDs the official score leaves out."""
    without = {
        f"{machine} id_{id}"
        for row in rows
        for machine, of_machine in row.machines.items()
        for id, of_id in of_machine.ids.items()
        if protocol != "2020" and OFFICIAL not in of_id.more
    }
    if without:
        yield (
            f"{subset}: not in the official score, for want of test clips of known domain: "
            f"{', '.join(sorted(without))}"
        )


def _complete(record: Record, store: Store) -> Complete:
    """The repeats of a row whose cells are all done, each cell's record read once.

    A cell that is run again meanwhile is done or not, and never half.
    """
    found: dict[int, dict[str, dict[str, Any]]] = {}
    for number, names in enumerate(record["repeats"]):
        cells = {name: cell for name in names if (cell := store.cell(name))}
        if len(cells) == len(names):
            found[number] = cells
    return found


def _system(record: Record, complete: Complete, store: Store) -> System:
    """What a row's cells were run with; a difference may change figures, and is never silent."""
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    drawn = []
    for number, cells in complete.items():
        for name, cell in cells.items():
            for fact, value in cell["facts"].items():
                found[fact][canonical(value)] = value
            machine = cell.get("cell", {}).get("machine")
            drawn += curves.curves(number, machine, store.history(name))
    every = {fact: [values[text] for text in sorted(values)] for fact, values in found.items()}
    if "finished" in every:
        every["finished"] = [every["finished"][0], every["finished"][-1]]
    return System(
        fields=record["fields"],
        recipe=record["recipe"],
        complete=list(complete),
        facts=every,
        mixed=[fact for fact in MATTERS if len(every.get(fact, ())) > 1],
        curves=drawn,
    )


def _differing(records: Sequence[Record]) -> Iterator[str]:
    """What the rows' recipes disagree in, besides the number of repeats."""
    for name in ("dataset", "train", "frontend", "numerics", "seed", *_SAID):
        values: dict[str, list[str]] = defaultdict(list)
        for record in records:
            if name in record["recipe"]:  # an import has none, and older rows say less
                values[canonical(record["recipe"][name])].append(record["label"])
        if len(values) > 1:
            each = "; ".join(f"{', '.join(labels)}: {value}" for value, labels in values.items())
            yield f"rows differ in {_SAID.get(name, name)}: {each}"
