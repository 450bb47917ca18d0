"""Rows that are made of the scores of other rows, in an output folder."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from asdbench.config.ensembles import Ensemble
from asdbench.config.keys import key
from asdbench.config.names import did_you_mean
from asdbench.evaluation.ensemble import ranked, standardised
from asdbench.evaluation.entries import MachineId
from asdbench.results.records import EnsembleCell, Score
from asdbench.results.rows import check_label
from asdbench.results.store import Store

_log = logging.getLogger(__name__)


def check_parts(store: Store, ensembles: Mapping[str, Ensemble], coming: Collection[str]) -> None:
    """Raise ``ValueError`` where a part is neither among ``coming`` rows nor in the folder."""
    there = [row["label"] for row in store.rows() if row["origin"]["kind"] != "ensemble"]
    known = {*there, *coming}
    for label, ensemble in ensembles.items():
        for part in ensemble.parts:
            if part not in known:
                raise ValueError(
                    f"methods.{label}.ensemble: no row {part!r} here{did_you_mean(part, known)}; "
                    "name methods, variants, or rows that the output folder has"
                )


def keep_ensemble_rows(
    store: Store, ensembles: Mapping[str, Ensemble], experiment: str, recipe: Mapping[str, Any]
) -> None:
    """Write the rows of ensembles, after those of their parts.

    Raises ``ValueError`` where there is no row of a part, or where an imported row has the label.
    """
    for label, ensemble in ensembles.items():
        check_label(store, label, imported=False)
        parts = _parts(store, label, ensemble)
        repeats = min(len(part["repeats"]) for part in parts)
        cells = [_cell(label, ensemble, parts, repeat) for repeat in range(repeats)]
        methods = sorted({part["method"] for part in parts})
        store.keep_row(
            {
                "label": label,
                "method": label,
                "summary": f"The scores of {', '.join(ensemble.parts)}, put together.",
                "fields": {"ensemble": list(ensemble.parts), "by": ensemble.by},
                "experiment": experiment,
                "recipe": recipe,
                "origin": {"kind": "ensemble", "of": list(ensemble.parts), "methods": methods},
                "deterministic": all(part.get("deterministic", False) for part in parts),
                "remarks": [*ensemble.remarks, *_remarks(parts)],
                "repeats": [[cell.name] for cell in cells],
            }
        )


def make_ensembles(store: Store, ensembles: Mapping[str, Ensemble]) -> None:
    """Make every repeat of these rows whose parts are done, unless it is made of just these."""
    for label, ensemble in ensembles.items():
        parts = _parts(store, label, ensemble)
        for repeat in range(min(len(part["repeats"]) for part in parts)):
            cell = _cell(label, ensemble, parts, repeat)
            records = [store.cell(name) for name in cell.parts]
            if not all(records):
                continue
            made_of = key(records)
            before = store.cell(cell.name)
            if before and before["facts"].get("made_of") == made_of:
                continue
            try:
                scores = list(_scores(store, ensemble, parts, repeat))
            except FileNotFoundError as error:
                _log.warning(
                    "%s repeat %d can't be made: there is no %s, which imports don't have and "
                    'older results neither; run it again with --force, or use by = "rank"',
                    label,
                    repeat,
                    error.filename,
                )
                store.drop(cell.name)
                continue
            store.keep_import(cell, scores, {"made_of": made_of})


def _parts(store: Store, label: str, ensemble: Ensemble) -> list[dict[str, Any]]:
    check_parts(store, {label: ensemble}, ())
    return [row for part in ensemble.parts if (row := store.row(part))]


def _cell(
    label: str, ensemble: Ensemble, parts: Sequence[Mapping[str, Any]], repeat: int
) -> EnsembleCell:
    names = tuple(name for part in parts for name in part["repeats"][repeat])
    return EnsembleCell(label, repeat, names, ensemble.by)


def _remarks(parts: Sequence[Mapping[str, Any]]) -> list[str]:
    every = (f"{part['label']}: {one}" for part in parts for one in part.get("remarks", ()))
    return list(dict.fromkeys(every))


def _scores(
    store: Store, ensemble: Ensemble, parts: Sequence[Mapping[str, Any]], repeat: int
) -> Iterator[Score]:
    """Each test clip's score. Raises ``FileNotFoundError`` where a part lacks training scores."""
    names = [part["repeats"][repeat] for part in parts]
    clips, scores_PN = _aligned([_joined(store.scores(n) for n in of_part) for of_part in names])
    ids = [MachineId(score.machine, score.id) for score in clips]
    decided: Sequence[bool | None] = [None] * len(clips)
    if ensemble.by == "rank":
        scores_N = ranked(scores_PN, ids)
    else:
        of_train = [_joined(store.train_scores(n) for n in of_part) for of_part in names]
        train, train_PM = _aligned(of_train)
        train_ids = [MachineId(score.machine, score.id) for score in train]
        scores_N, decided = standardised(scores_PN, ids, train_PM, train_ids)
    for clip, score, one in zip(clips, scores_N, decided, strict=True):
        yield clip._replace(score=float(score), decided=one)


def _joined(cells: Iterator[list[Score]]) -> list[Score]:
    every = [score for scores in cells for score in scores]
    return sorted(every, key=lambda score: score[:4])


def _aligned(parts: Sequence[Sequence[Score]]) -> tuple[Sequence[Score], np.ndarray[Any, Any]]:
    """The clips of several parts, which are the same, and their scores (P, N)."""
    first = [score[:4] for score in parts[0]]
    if any([score[:4] for score in part] != first for part in parts[1:]):
        raise ValueError("the rows of an ensemble were not run on the same clips")
    return parts[0], np.array([[score.score for score in part] for part in parts])
