"""A submission made of rows of an output folder: what a board needs of them, and no more."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asdbench.config import files, plugins
from asdbench.config.defaults import DEMO, RUNS
from asdbench.config.keys import canonical
from asdbench.config.names import did_you_mean
from asdbench.results.store import CODE, TAGS, Store
from asdbench.submission.about import ABOUT, SOURCE, TEMPLATE, TOLD
from asdbench.submission.guard import LARGEST_TEXT, RefusedError, named_plainly, plain_file
from asdbench.submission.reading import MARKS, methods_of, read_record

_OF_CELL = ("cell.json", "scores.csv", "history.csv")


@dataclass(frozen=True)
class SubmissionMade:
    """What was written: the rows' labels, where, how many files, and how many bytes in all.

    ``unsourced`` are methods whose source, as it made the scores, isn't there any more.
    """

    rows: tuple[str, ...]
    folder: Path
    files: int
    bytes: int
    unsourced: tuple[str, ...]


def make_submission(
    rows: Sequence[str], *, out: str | Path = RUNS / DEMO, to: str | Path
) -> SubmissionMade:
    """Take rows of an output folder for a board: scores, what they were run with, and the source.

    Weights, checkpoints and MLflow's copy stay behind, and so do the computer's name and where the
    recordings lie. A ``submission.toml`` that is there already is kept.

    Args:
        rows: Labels of the rows.
        out: The output folder.
        to: The folder of the submission, new or of before.

    Returns:
        What was written.

    Raises:
        ValueError: where there is no such row, or ``to`` has something that is no submission.

    Example:
        >>> import asdbench
        >>> done = asdbench.run("smoke", methods=["knn"], repeats=1)
        >>> asdbench.make_submission(["knn"], out="runs/smoke", to="submission").rows
        ('knn',)
    """
    store, folder = Store.existing(out), Path(to)
    records = _records(store, rows)
    if folder.exists() and files.has_files(folder) and not (folder / ABOUT).is_file():
        raise ValueError(f"{folder} isn't empty and is no submission; give another --to")
    content: dict[str, str] = {MARKS: _spelled(store.read_json(MARKS) or {})}
    if tags := store.tags():
        content[TAGS] = canonical(tags) + "\n"
    unsourced = []
    for record in records:
        content[f"rows/{record['label']}.json"] = _spelled(_unplaced(record))
        names = [name for repeat in record["repeats"] for name in repeat]
        for name in filter(store.done, names):
            content |= _cell(store, name)
        found = _sources(store, record, names)
        content |= {f"{SOURCE}/{name}.py": text for name, text in found.items() if text}
        unsourced += [name for name, text in found.items() if not text]
    if not (folder / ABOUT).exists():
        content = {ABOUT: TEMPLATE + _untold(content), **content}  # first: it says what this is
    with files.room_in(folder, if_full="; free some space", if_denied="; give another --to"):
        _clear(folder, content, {name for record in records for name in methods_of(record)})
        for name, text in content.items():
            files.write(folder / name, text)
    total = sum(len(text.encode()) for text in content.values())
    labels = tuple(record["label"] for record in records)
    return SubmissionMade(labels, folder, len(content), total, tuple(dict.fromkeys(unsourced)))


def _records(store: Store, rows: Sequence[str]) -> list[dict[str, Any]]:
    known = {record["label"]: record for record in store.rows()}
    for label in rows:
        if label not in known:
            raise ValueError(f"no row {label!r} in {store.folder}{did_you_mean(label, known)}")
    if not rows:
        raise ValueError(f"name the rows; {store.folder} has {', '.join(known)}")
    return [known[label] for label in dict.fromkeys(rows)]


def _clear(folder: Path, content: Mapping[str, str], methods: Set[str]) -> None:
    """Removes what was made before and isn't made again; a source put there by hand stays."""
    before: set[str] = set()
    for path in (folder / "rows").glob("[!.]*.json"):
        with contextlib.suppress(RefusedError):  # of a broken row nobody knows the method
            before |= {*methods_of(read_record(folder, path.stem))}
    for name in filter(named_plainly, before - methods):
        (folder / SOURCE / f"{name}.py").unlink(missing_ok=True)
    if TAGS not in content:
        (folder / TAGS).unlink(missing_ok=True)
    for place in ("rows", "cells"):
        shutil.rmtree(folder / place, ignore_errors=True)


def _cell(store: Store, name: str) -> dict[str, str]:
    """The files of a cell that a board reads, without the name of the computer."""
    place = f"cells/{name}"
    content = {
        f"{place}/{file}": (store.folder / place / file).read_text(encoding="utf-8")
        for file in _OF_CELL
    }
    record = json.loads(content[f"{place}/cell.json"])
    record["facts"].pop("host", None)
    return content | {f"{place}/cell.json": _spelled(record)}


def _unplaced(record: Mapping[str, Any]) -> dict[str, Any]:
    """A row's file without the path of its recordings."""
    recipe = dict(record["recipe"])
    if "dataset" in recipe:
        recipe["dataset"] = {k: v for k, v in recipe["dataset"].items() if k != "path"}
    return {**record, "recipe": recipe}


def _sources(store: Store, record: Mapping[str, Any], names: Sequence[str]) -> dict[str, str]:
    """Source by method: a copy that a cell has, or the installed one if it made the scores."""
    kind = record["origin"]["kind"]
    if kind == "import":
        return {}
    if kind == "ensemble":
        return {name: _installed(name, None) for name in methods_of(record)}
    cells = {name: store.cell(name) for name in names}
    for name in cells:
        try:
            path = plain_file(store.folder, f"cells/{name}/{CODE}", LARGEST_TEXT)
            return {record["method"]: path.read_text(encoding="utf-8")}
        except RefusedError:
            continue
    made_by = {cell["facts"].get("source") for cell in cells.values() if cell}
    return {record["method"]: _installed(record["method"], made_by)}


def _installed(method: str, made_by: set[str | None] | None) -> str:
    """The source of an installed method, if it is what made the scores; else nothing."""
    plugin = plugins.available(plugins.METHODS).get(method)
    if plugin is None or plugin.file is None or (made_by and made_by != {plugin.source}):
        return ""
    return plugin.file.read_text(encoding="utf-8")


def _untold(content: Mapping[str, str]) -> str:
    """The part of the template for rows whose cost nobody measured."""
    told = []
    for name, text in content.items():
        if name.startswith("rows/"):
            record = json.loads(text)
            cells = [f"cells/{c}/cell.json" for of_repeat in record["repeats"] for c in of_repeat]
            there = [json.loads(content[cell]) for cell in cells if cell in content]
            if not all(cell.get("cost") for cell in there):
                label = record["label"]
                bare = re.fullmatch(r"[A-Za-z0-9_-]+", label)
                told.append(TOLD.format(label=label, key=label if bare else json.dumps(label)))
    return "".join(told)


def _spelled(value: Any) -> str:
    return json.dumps(json.loads(canonical(value)), indent=1, sort_keys=True) + "\n"
