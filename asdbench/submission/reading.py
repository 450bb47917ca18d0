"""The rows of an output folder that anybody may have written, each read whole or refused."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from asdbench.data.hashes import hash_test_set
from asdbench.data.tags import Tags
from asdbench.evaluation import SUBSETS
from asdbench.results.records import Score, is_of
from asdbench.results.rows import Record
from asdbench.results.scored import Complete
from asdbench.results.store import SCORES, TAGS, Store
from asdbench.results.tables import read_history
from asdbench.submission.guard import (
    LARGEST_TABLE,
    RefusedError,
    named_plainly,
    plain_file,
    read_json,
)
from asdbench.submission.score_table import score_table
from asdbench.submission.shape import MOMENT, CellFile, Marks, RowFile, TagsFile, shaped

MARKS = "test-sets.json"
KINDS = ("run", "tuned", "import", "ensemble")
_SHOWN = 3  # faults of a file that are named one by one


@dataclass(frozen=True)
class Flaw:
    """What is wrong or missing, where, and what to do about it."""

    where: str
    what: str
    todo: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.todo}"


@dataclass(frozen=True)
class RowRead:
    """A row with its complete repeats.

    ``clips`` is the hash of the test clips that it scored, by subset; ``cells`` the names of its
    cells with a hash of their scores.
    """

    folder: Path
    record: Record
    complete: Complete
    clips: Mapping[str, str]
    cells: frozenset[tuple[str, str]]

    @property
    def label(self) -> str:
        return str(self.record["label"])

    @property
    def kind(self) -> str:
        return str(self.record["origin"]["kind"])

    @property
    def store(self) -> Store:
        """The folder; what this row names of it has been looked at."""
        return Store(self.folder)


def row_files(folder: Path) -> list[str]:
    """The labels of the rows that a folder has; raises ``RefusedError`` where it is none."""
    rows = folder / "rows"
    if folder.is_symlink() or rows.is_symlink() or not rows.is_dir():
        raise RefusedError("there are no results: no rows/")
    return sorted(path.stem for path in rows.glob("[!.]*.json"))


def marks_of(folder: Path) -> dict[str, dict[str, str]]:
    """Which test clips the folder is for: hash, description and year of score, by subset."""
    found = shaped(read_json(folder, MARKS), Marks, MARKS)
    return {subset: asdict(mark) for subset, mark in found.items()}


def tags_of_folder(folder: Path) -> Tags:
    """What is known of its test clips; nothing where it has no such file."""
    if not (folder / TAGS).exists() and not (folder / TAGS).is_symlink():
        return {}
    found: Tags = shaped(read_json(folder, TAGS), TagsFile, TAGS)
    return found


def read_record(folder: Path, label: str) -> dict[str, Any]:
    """A row's file; raises ``RefusedError`` where it isn't as asdbench writes it."""
    name = f"rows/{label}.json"
    record: dict[str, Any] = read_json(folder, name)
    shaped(record, RowFile, name)
    if record["label"] != label or not label.isprintable():
        raise RefusedError(f"{name} has another label, or one that can't be printed")
    origin = record["origin"]
    if origin.get("kind") not in KINDS:
        raise RefusedError(f"{name}: its origin is none of {', '.join(KINDS)}")
    if origin.get("objective") == "oracle" and origin.get("subset") not in SUBSETS:
        raise RefusedError(f"{name}: it was tuned with labels, but of which subset isn't said")
    cells = [cell for names in record["repeats"] for cell in names]
    if len({*cells}) < len(cells) or not all(map(named_plainly, cells)):
        raise RefusedError(f"{name}: its cells aren't named as asdbench names them, each once")
    return record


def methods_of(record: Record) -> list[str]:
    """The methods that made a row: its own, or those that an ensemble was put together from."""
    methods = record["origin"].get("methods") if record["origin"]["kind"] == "ensemble" else None
    return [*map(str, methods)] if isinstance(methods, list) else [record["method"]]


def read_cell(folder: Path, name: str) -> dict[str, Any] | None:
    """A cell's record; None where it isn't done. Raises ``RefusedError`` where it is broken."""
    place = f"cells/{name}"
    if not (folder / place / "cell.json").exists():
        return None
    record: dict[str, Any] = read_json(folder, f"{place}/cell.json")
    shaped(record, CellFile, f"{place}/cell.json")
    if not is_of(record, name):
        raise RefusedError(f"{place}/cell.json is that of another cell")
    for fact in ("finished", "imported"):
        moment = record["facts"].get(fact)
        if moment is not None and not (isinstance(moment, str) and MOMENT.fullmatch(moment)):
            raise RefusedError(f"{place}/cell.json: {fact} is no time in UTC")
    plain_file(folder, f"{place}/history.csv", LARGEST_TABLE)
    try:
        history = read_history(folder / place / "history.csv")
    except ValueError:
        raise RefusedError(f"{place}/history.csv is no table of epochs") from None
    figures = [line[name] or 0 for line in history for name in [*line][2:]]
    if not all(math.isfinite(float(figure)) for figure in figures):
        raise RefusedError(f"{place}/history.csv has a figure that is no finite number")
    return record


def cell_scores(folder: Path, name: str, record: Mapping[str, Any]) -> tuple[list[Score], str]:
    """A cell's scores, and a hash of their file.

    Raises ``RefusedError`` where a line is wrong, or it isn't the file that the record is of.
    """
    file = f"cells/{name}/{SCORES}"
    scores, faults = score_table(folder, file)
    if faults:
        raise RefusedError(f"{file}, {first_of(faults)}")
    digest = hashlib.sha256((folder / file).read_bytes()).hexdigest()
    if record.get("files", {}).get(SCORES, {}).get("sha256", digest) != digest:
        raise RefusedError(f"{file} isn't what was written with its cell.json: another hash")
    return scores, digest


def read_row(folder: Path, label: str) -> RowRead:
    """A row whose every complete repeat is whole.

    Raises ``RefusedError`` with the first thing that is wrong: a score, a clip, a file.
    """
    record = read_record(folder, label)
    marks = marks_of(folder)
    complete: dict[int, dict[str, dict[str, Any]]] = {}
    cells = set()
    clips: dict[str, str] = {}
    for number, names in enumerate(record["repeats"]):
        done = {name: cell for name in names if (cell := read_cell(folder, name))}
        if len(done) < len(names):
            continue
        scores: list[Score] = []
        for name in names:
            found, digest = cell_scores(folder, name, done[name])
            scores += found
            cells.add((name, digest))
        here = clips_of(scores)
        other = [s for s in here if here[s] != marks.get(s, {}).get("hash")]
        if other or (clips and here != clips):
            where = " and ".join(other) or "some subsets"
            raise RefusedError(
                f"repeat {number} of {label} has scores of other {where} clips than {MARKS} says"
            )
        complete[number], clips = done, here
    return RowRead(folder, record, complete, clips, frozenset(cells))


def clips_of(scores: Sequence[Score]) -> dict[str, str]:
    """The hash of the scored clips by subset, as ``test-sets.json`` has it."""
    found = {}
    for subset in SUBSETS:
        of_subset = [(s.machine, s.id, s.clip, s.anomalous) for s in scores if s.subset == subset]
        if of_subset:
            if len({clip[:3] for clip in of_subset}) < len(of_subset):
                raise RefusedError(f"two cells of a repeat have scores of the same {subset} clips")
            found[subset] = _hash(frozenset(of_subset))
    return found


@lru_cache(maxsize=16)
def _hash(clips: frozenset[tuple[str, str, str, bool | None]]) -> str:
    return hash_test_set(clips)


def first_of(faults: Sequence[str]) -> str:
    """The first few of them in a line."""
    more = len(faults) - _SHOWN
    return "; ".join(faults[:_SHOWN]) + (f"; and {more} more like that" if more > 0 else "")
