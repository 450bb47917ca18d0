"""Make a detector of a row of an output folder."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from asdbench.config import files
from asdbench.config.frontend import Frontend
from asdbench.config.numerics import Numerics
from asdbench.data.clips import Clips
from asdbench.data.decode import AUTO, Channel
from asdbench.data.loading import dataset_of, load, recordings_of
from asdbench.detector.chosen import ChosenFits, Fit, chosen
from asdbench.detector.description import EVERY, FILE, DetectorCard, MachineId, Member
from asdbench.detector.figures import figures_of
from asdbench.detector.members import lent
from asdbench.detector.readme import readme
from asdbench.detector.references import references
from asdbench.detector.standing import Standings
from asdbench.evaluation.caution import caution
from asdbench.evaluation.limits import Limit, Rule
from asdbench.results.provenance import VERSIONS, versions
from asdbench.results.records import Score
from asdbench.results.store import CODE, Store
from asdbench.results.tables import read_scores, scores_csv

_log = logging.getLogger(__name__)
Progress = Callable[[int, int], None]


class Training(NamedTuple):
    """The clips that a row was trained on, which channels are heard, and what was adapted."""

    clips: Clips
    channels: tuple[Channel, ...]
    notes: tuple[str, ...]


def make(
    store: Store,
    label: str,
    to: Path,
    *,
    repeats: str,
    threshold: str,
    training: Training | None,
    progress: Progress = lambda *_: None,
    limits: bool = True,
    run: bool = True,
) -> Path:
    """Write a detector of a row to ``to``, whole or not at all; one that is there is replaced.

    Without ``limits``, a machine ID's threshold is found when it is first asked for: that takes a
    moment for each, and is the same. Unless ``run``, no code that the store has is run.

    Raises ``ValueError`` where the row can't become one, or ``to`` is something else.
    """
    rule = Rule.of(threshold)
    asked = chosen(store, label, repeats)
    if to.exists() and not (to / FILE).exists() and (not to.is_dir() or any(to.iterdir())):
        raise ValueError(f"{to} is there, and is no detector; use another folder")
    room = files.room_in(to, if_full="; free some space", if_denied="; give another --to")
    with room, files.making(to) as folder:
        about = _described(store, asked, folder, rule, training, progress, run)
        if limits:
            about = replace(about, limits=_limits(about, folder, rule))
        about = about.hashed(folder)
        (folder / FILE).write_text(about.text(), encoding="utf-8")
        (folder / "README.md").write_text(readme(about, to.name), encoding="utf-8")
    return to


def training_of(
    record: Mapping[str, Any], data: Path | None, progress: Progress
) -> Training | None:
    """The clips that a row was trained on, read again; None, with a warning, where they are gone.

    ``data`` is where they lie now, if that is elsewhere. Raises ``ValueError`` where what is there
    are other clips.
    """
    recipe = record["recipe"]
    fields = {**recipe["dataset"], **({"path": str(data.resolve())} if data else {})}
    try:
        recordings = recordings_of(dataset_of(fields))
        clips, _, oddities, _ = load(recordings, Frontend(**recipe["frontend"]), progress)
    except (ValueError, OSError) as error:
        if data:
            raise
        _log.warning(
            "the training clips can't be read (%s): the detector has no normal clips to show, and "
            "can't tell a strange spectrum; --data says where they are now",
            error,
        )
        return None
    train = clips.where(split="train")
    now = {s: train.where(subset=s).fingerprint for s in sorted({c.subset for c in train})}
    if now != recipe["train_sound"]:
        where = data or fields.get("path", "the dataset")
        raise ValueError(f"{where} has other training clips than {record['label']} was fitted to")
    first = next(recording for recording in recordings if recording.clip.split == "train")
    sources = (first.source, *first.more)
    channels = tuple(getattr(source, "channel", AUTO) for source in sources)
    return Training(train, channels, tuple(one.what for one in oddities))


def _described(
    store: Store,
    asked: ChosenFits,
    folder: Path,
    rule: Rule,
    training: Training | None,
    progress: Progress,
    run: bool,
) -> DetectorCard:
    record = asked.record
    members = [_member(store, fit, folder, place, run) for place, fit in enumerate(asked.fits)]
    first = _cell(store, asked.fits[0].cells[0])
    ids, clips = _trained_on(store, asked.fits[0])
    known = references(training.clips, folder, progress) if training else {}
    several = training is not None and len(training.channels) > 1
    return DetectorCard(
        label=record["label"],
        summary=record["summary"],
        members=members,
        frontend=Frontend(**first["cell"]["frontend"]),
        numerics=Numerics(**first["cell"]["numerics"]),
        channels=list(training.channels) if training and several else [_one(training)],
        ids=ids,
        clips=clips,
        threshold=str(rule),
        chosen=asked.how,
        origin={
            "folder": str(store.folder.resolve()),
            "experiment": record["experiment"],
            "dataset": record["recipe"].get("dataset", {}),
            "cells": [list(fit.cells) for fit in asked.fits],
            "made": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "caution": caution(record["recipe"]),
        },
        fields=record["fields"],
        remarks=list(record.get("remarks", ())),
        figures=figures_of(store, record["label"]),
        notes=list(training.notes) if training else [],
        references=known,
        versions=versions(VERSIONS),
    )


def _limits(about: DetectorCard, folder: Path, rule: Rule) -> dict[str, Limit]:
    train = [read_scores(folder / member.scores) for member in about.members]
    standings = Standings(train, rule, about.clips_a_day)
    return {"/".join(one): standings.of(one).limit for one in about.ids}


def _one(training: Training | None) -> Channel:
    return training.channels[0] if training else AUTO


def _member(store: Store, fit: Fit, folder: Path, place: int, run: bool) -> Member:
    """Copy what a fit has learned, its method's own file, and the scores of its training clips."""
    parts: dict[str, str] = {}
    scores: list[Score] = []
    source, code = "", None
    for name in fit.cells:
        cell = _cell(store, name)
        machine = cell["cell"]["machine"] or EVERY
        parts[machine] = f"parts/{place}-{len(parts)}.safetensors"
        source = cell["facts"]["source"]
        own = store.cell_folder(name) / CODE
        if own.exists():
            code = f"parts/{cell['cell']['method']}.py"
            (folder / code).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(own, folder / code)
        _keep_part(store, name, cell, folder, folder / parts[machine], code, run)
        try:
            scores += store.train_scores(name)
        except FileNotFoundError:
            raise ValueError(
                f"{name} is of an older asdbench, which kept no scores of training clips; run "
                f"{fit.label} again with --force"
            ) from None
    table = f"training_scores/{place}.csv"
    (folder / table).parent.mkdir(exist_ok=True)
    (folder / table).write_text(scores_csv(scores), encoding="utf-8")
    return Member(fit.label, fit.method, source, parts, table, code)


def _keep_part(
    store: Store,
    name: str,
    cell: Mapping[str, Any],
    folder: Path,
    to: Path,
    code: str | None,
    run: bool,
) -> None:
    """Copy what a cell learned; what its method needs from elsewhere is taken along."""
    from asdbench.config import plugins
    from asdbench.training.restored import restore
    from asdbench.training.saved import read_fitted, saved

    content = store.weights(name)
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_bytes(content)
    known = read_fitted(to)  # raises where there is nothing to restore
    method = cell["cell"]["method"]
    own = plugins.Plugin(method, plugins.METHODS, own_file=folder / code) if code else None
    if code and not run:
        if b"take_along" in (folder / code).read_bytes():
            raise ValueError(
                f"{method} takes along what lies elsewhere, and its code is in {store.folder}, "
                "where nothing is run by itself; make it with asdbench detector make"
            )
        return
    cls = (own or plugins.installed(plugins.METHODS, method)).load()
    if not hasattr(cls, "take_along"):
        return
    fitted = restore(cls, known, lent(folder, Numerics(**cell["cell"]["numerics"])))
    fitted.take_along()
    to.write_bytes(saved(fitted))
    read_fitted(to)


def _cell(store: Store, name: str) -> Mapping[str, Any]:
    cell = store.cell(name)
    assert cell is not None  # the repeat is complete
    return cell


def _trained_on(store: Store, fit: Fit) -> tuple[Sequence[MachineId], int]:
    """The machine IDs that there were training clips of, and how many clips."""
    every = [score for name in fit.cells for score in store.train_scores(name)]
    return sorted({(score.machine, score.id) for score in every}), len(every)
