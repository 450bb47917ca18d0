"""From an output folder to the board: which rows, of which cells, made how."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from threadpoolctl import threadpool_limits

from asdbench.config.keys import canonical, key
from asdbench.config.plugins import source_hash
from asdbench.data.dcase import facts
from asdbench.data.tags import Tags
from asdbench.evaluation import SUBSETS, VERSION, Board, Row, System, curves, rivals
from asdbench.evaluation.agreements import agreements
from asdbench.evaluation.entries import Entry
from asdbench.evaluation.protocols import check_figures
from asdbench.evaluation.ranking import compared, question_of, shown
from asdbench.evaluation.slices import slices
from asdbench.results import beside
from asdbench.results.notes import (
    broken_promises,
    choices,
    crowded_tags,
    differing,
    faults,
    not_official,
    turned_round,
    unranked,
)
from asdbench.results.rows import Record
from asdbench.results.scored import Complete, entries_of
from asdbench.results.store import Store

MATTERS = ("source", "commit", "versions", "python", "cpu", "gpu")  # facts that may change figures


def made_from(store: Store) -> str:
    """A hash of what a board would be made from now: rows, which of their cells are done, code."""
    rows = store.rows()
    cells = {name for row in rows for names in row["repeats"] for name in names}
    finished = {}
    for name in sorted(cells):
        with contextlib.suppress(FileNotFoundError):
            finished[name] = (store.cell_folder(name) / "cell.json").stat().st_mtime_ns
    parts = {"version": VERSION, "rows": rows, "cells": finished, "tags": store.tags()}
    if clips := beside.made_of(store):
        parts["clips"] = clips
    return key(parts | {"code": _code()})


@cache
def _code() -> list[str]:
    """What figures are computed by: another version of it makes another board."""
    packages = Path(__file__).parents[1] / "evaluation", Path(__file__).parent
    return [source_hash(package / "__init__.py") for package in packages]


def board(store: Store, figures: Sequence[str] = ()) -> Board:
    """Read every row of an output folder. A repeat counts once all of its cells are done.

    ``figures`` are to be shown, and rows ranked by the first of them, instead of what the year's
    challenge has. Raises ``ValueError`` for other figures, or where no row has the first.
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
    of = ClipFacts(store.tags(), store.protocols(), well_known(store.test_sets()))
    notes += [beside.OLD] if beside.is_old(store) else []
    notes += store.damaged.values()
    made = assembled(records, systems, entries, of, made_from=now, notes=notes, figures=figures)
    return replace(made, clips=beside.links(store))


class ClipFacts(NamedTuple):
    """What is known of the test clips that rows were scored on, by subset.

    ``protocols`` says by which year's official score they are ranked, ``known`` which well-known
    test set they are.
    """

    tags: Tags
    protocols: Mapping[str, str]
    known: Mapping[str, str]


def assembled(
    records: Sequence[Record],
    systems: Mapping[str, System],
    entries: Mapping[str, Sequence[Entry]],
    of: ClipFacts,
    *,
    made_from: str,
    notes: Sequence[str] = (),
    figures: Sequence[str] = (),
) -> Board:
    """The board of rows that were read, by subset and label, from one output folder or several.

    ``notes`` come first among its own. Raises ``ValueError`` where no row has the first of
    ``figures``.
    """
    by = figures[0] if figures else None
    with threadpool_limits(1):  # of thousands of small products, threads wait for each other
        compared_by_subset = {
            s: compared(s, entries[s], of.protocols[s], by) for s in SUBSETS if entries.get(s)
        }
    every = [row for rows, _ in compared_by_subset.values() for row in rows]
    said = [*notes, *faults(records), *choices(records), *broken_promises(records, every)]
    said += turned_round(every)
    for subset, (rows, _) in compared_by_subset.items():
        said += unranked(subset, [entry.record["label"] for entry in entries[subset]], rows, by)
        said += [*crowded_tags(subset, of.tags), *not_official(subset, of.protocols[subset], rows)]
    ranked = {
        subset: _ranked(entries[subset], rows) for subset, (rows, _) in compared_by_subset.items()
    }
    ours = next((record for record in records if record["recipe"]), records[0])  # imports have none
    return Board(
        version=VERSION,
        made_from=made_from,
        benchmark=ours["experiment"],
        recipe=ours["recipe"],
        rows=every,
        notes=list(dict.fromkeys([*said, *differing(records)])),
        systems=systems,
        pairs=[pair for _, pairs in compared_by_subset.values() for pair in pairs],
        known=of.known,
        protocol={subset: of.protocols[subset] for subset in compared_by_subset},
        figures={
            subset: figures or shown(of.protocols[subset], rows)
            for subset, (rows, _) in compared_by_subset.items()
        },
        false_rates=curves.FALSE_RATES,
        question={subset: question_of(rows) for subset, (rows, _) in compared_by_subset.items()},
        slices=[one for s in ranked for one in slices(s, ranked[s], of.tags.get(s, {}))],
        agreements=[one for s in ranked for one in agreements(s, ranked[s])],
    )


def well_known(test_sets: Mapping[str, str]) -> dict[str, str]:
    """Which complete official test set each subset is, by the hashes of its clips."""
    return {
        subset: year.name
        for subset, test_set in test_sets.items()
        for year in facts.YEARS.values()
        if test_set == facts.official_test_set(year.number, subset)
    }


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
        made = system_of(record, complete, store)
        systems[record["label"]] = made
        if made.mixed:
            notes.append(f"{record['label']}: its cells differ in {', '.join(made.mixed)}")
        for subset, entry in entries_of(record, complete, store, tags, notes):
            entries[subset].append(entry)
    return systems, entries


def _ranked(entries: Sequence[Entry], rows: Sequence[Row]) -> list[Entry]:
    """The entries that are compared, in the order of their rows."""
    by_label = {entry.record["label"]: entry for entry in entries}
    return [by_label[row.label] for row in rivals(rows)]


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


def system_of(record: Record, complete: Complete, store: Store) -> System:
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
