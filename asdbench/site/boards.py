"""The boards of a test set: rows of all folders, compared as those of one folder are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from asdbench.config.keys import key
from asdbench.config.said import with_kind
from asdbench.evaluation import Board, Cost, System
from asdbench.evaluation.entries import Entry
from asdbench.results.build import ClipFacts, assembled, system_of
from asdbench.results.scored import entries_of
from asdbench.site.clip_sets import ClipSet
from asdbench.site.versions import RowVersion, display_names

_TOLD = "what it took is as its authors tell it"


class BoardsMade(NamedTuple):
    """A test set's board of the newest versions, and of all where there are older ones.

    ``labels`` has each version's row. ``faults`` are versions that no figures could be made of.
    """

    newest: Board
    every: Board
    labels: Mapping[str, RowVersion]
    faults: Sequence[str]


def boards(of: ClipSet) -> BoardsMade:
    """The boards of a test set, of rows of all folders together.

    A version that no figures can be made of is left out and named; the others are compared.
    """
    names = display_names(of.versions)
    labels = {of.called(version, names): version for version in of.versions}
    try:
        every = _board(of, labels)
        faults: list[str] = []
    except Exception:  # noqa: BLE001 - what a stranger's scores do to arithmetic costs one row
        labels, faults = _sound(of, labels)
        if not labels:
            raise ValueError(f"no row of {of.name} ({of.subset}) can be measured") from None
        every = _board(of, labels)
    there = {row.label for row in every.rows}
    labels = {label: version for label, version in labels.items() if label in there}
    newest = {label: version for label, version in labels.items() if version.newest}
    alone = every if len(newest) in {0, len(labels)} else _board(of, newest)
    return BoardsMade(alone, every, labels, faults)


def _sound(
    of: ClipSet, labels: Mapping[str, RowVersion]
) -> tuple[dict[str, RowVersion], list[str]]:
    """The versions that have a board by themselves, and what is wrong with the others."""
    sound, faults = {}, []
    for label, version in labels.items():
        try:
            _board(of, {label: version})
        except Exception as error:  # noqa: BLE001 - as above
            folder = version.submitted.folder
            faults.append(f"{folder}: row {version.entrant.label}: can't be measured: {with_kind(error)}")
        else:
            sound[label] = version
    return sound, faults


def _board(of: ClipSet, labels: Mapping[str, RowVersion]) -> Board:
    records: list[dict[str, Any]] = []
    notes: list[str] = []
    systems: dict[str, System] = {}
    entries: list[Entry] = []
    for label, version in labels.items():
        row = version.submitted.row
        record = _record(version, label)
        told = version.submitted.about.cost.get(row.label)
        for subset, entry in entries_of(record, row.complete, row.store, of.tags, notes):
            if subset == of.subset:
                if entry.cost is None and told:
                    entry = replace(entry, cost=Cost(**vars(told)))
                    record["remarks"] = [*record["remarks"], _TOLD]
                records.append(record)
                entries.append(entry)
                systems[label] = _system(record, version)
    notes = [note for note in notes if not note.startswith(_other(of.subset))]
    if not entries:
        raise ValueError("; ".join(notes) or "no clip has a label")
    known = {of.subset: of.name} if of.known else {}
    clips = ClipFacts(of.tags, {of.subset: of.protocol}, known)
    mark = key(
        [
            of.hash,
            of.protocol,
            of.tags,
            {n: sorted(v.submitted.row.cells) for n, v in labels.items()},
        ]
    )
    board = assembled(records, systems, {of.subset: entries}, clips, made_from=mark, notes=notes)
    return replace(board, benchmark=of.name, home="index.html")


def _other(subset: str) -> str:
    return "development " if subset == "evaluation" else "evaluation "


def _record(version: RowVersion, label: str) -> dict[str, Any]:
    """A row's file under the label that it has here, without the path of its recordings."""
    record = dict(version.submitted.row.record)
    recipe = dict(record["recipe"])
    if "dataset" in recipe:
        recipe["dataset"] = {k: v for k, v in recipe["dataset"].items() if k != "path"}
    remarks, sources = [*record.get("remarks", ())], version.submitted.sources
    return {**record, "label": label, "recipe": recipe, "remarks": remarks, "sources": sources}


def _system(record: Mapping[str, Any], version: RowVersion) -> System:
    """How it came about, without the computer's name."""
    row = version.submitted.row
    system = system_of(record, row.complete, row.store)
    facts_ = {name: values for name, values in system.facts.items() if name != "host"}
    return replace(system, facts=facts_)
