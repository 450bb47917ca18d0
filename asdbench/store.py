"""The output folder: one folder a cell, one file a row; these files are the truth.

``cells/<name>/`` holds ``scores.csv``, ``history.csv``, ``weights.safetensors`` and, written last,
``cell.json``, which means done; or ``error.txt``. ``rows/<label>.json`` says which cells a row of
the leaderboard is made of. Everything else in the folder can be made again from them.
"""

from __future__ import annotations

import contextlib
import csv
import errno
import io
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from asdbench.clips import Clip
from asdbench.config import canonical
from asdbench.plan import Cell, PlannedRow

SCORE_COLUMNS = ("machine", "id", "subset", "clip", "anomalous", "score")


@dataclass(frozen=True)
class Outcome:
    """What a worker returns: a score a test clip, and how it came about."""

    scores: Sequence[float]
    history: Sequence[Mapping[str, Any]]
    weights: bytes
    seconds: float
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Score:
    """One line of ``scores.csv``."""

    machine: str
    id: str
    subset: str
    clip: str
    anomalous: bool | None
    score: float


class Store:
    """An output folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = FileLock(folder / ".lock")

    def open(self, test_set: str, description: str) -> None:
        """Make the folder, claim it, and check that it is for this test set.

        Raises ``ValueError`` where another run holds it or it has results for other test clips.
        """
        with _full_disk(self.folder):
            for name in ("cells", "rows", "scratch"):
                (self.folder / name).mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise ValueError(
                f"another run is writing to {self.folder}; wait for it, or use another --out"
            ) from error
        mark = self.folder / "test-set.json"
        if mark.exists() and json.loads(mark.read_text())["hash"] != test_set:
            theirs = json.loads(mark.read_text())["description"]
            self.close()
            raise ValueError(
                f"{self.folder} holds results on other test clips ({theirs}); "
                f"use another --out for {description}"
            )
        if not mark.exists():
            self.write("test-set.json", _json({"hash": test_set, "description": description}))

    @contextlib.contextmanager
    def claimed(self) -> Iterator[bool]:
        """Holds the folder if no run does; says whether it could."""
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            self._lock.release()

    def close(self) -> None:
        """Let others write here."""
        self._lock.release()

    def done(self, name: str) -> bool:
        """Whether the results of the cell of this name are complete."""
        return (self.cell_folder(name) / "cell.json").exists()

    def cell_folder(self, name: str) -> Path:
        return self.folder / "cells" / name

    def scratch(self, cell: Cell) -> Path:
        """The folder that a cell's checkpoints outlive a kill in."""
        return self.folder / "scratch" / cell.name

    def keep(self, cell: Cell, test: Sequence[Clip], outcome: Outcome) -> None:
        """Write a finished cell, ``cell.json`` last, and drop its checkpoints."""
        folder = self.cell_folder(cell.name)
        for name in ("cell.json", "error.txt"):  # of a run before, when it is done again
            (folder / name).unlink(missing_ok=True)
        scored = zip(test, outcome.scores, strict=True)
        lines = sorted(
            (c.machine, c.id, c.subset, c.name or "", _label(c.anomalous), repr(float(score)))
            for c, score in scored
        )
        self._write(folder / "scores.csv", _csv(SCORE_COLUMNS, lines).encode())
        columns = list(dict.fromkeys(name for line in outcome.history for name in line))
        history = [[line.get(name, "") for name in columns] for line in outcome.history]
        self._write(folder / "history.csv", _csv(columns, history).encode())
        self._write(folder / "weights.safetensors", outcome.weights)
        record = {"key": cell.key, "cell": asdict(cell), "seconds": outcome.seconds}
        self._write(folder / "cell.json", _json({**record, "facts": outcome.facts}).encode())
        shutil.rmtree(self.scratch(cell), ignore_errors=True)

    def keep_error(self, cell: Cell, text: str) -> Path:
        """Write down why a cell failed."""
        path = self.cell_folder(cell.name) / "error.txt"
        self._write(path, text.encode())
        return path

    def keep_row(self, row: PlannedRow, experiment: str, recipe: Mapping[str, Any]) -> None:
        """Write which cells a row is made of and where it comes from."""
        record = {
            "label": row.label,
            "method": row.method,
            "summary": row.summary,
            "fields": row.fields,
            "experiment": experiment,
            "recipe": recipe,
            "origin": {"kind": "run"},
            "repeats": [[cell.name for cell in cells] for cells in row.cells],
        }
        self.write(f"rows/{row.label}.json", _json(record))

    def rows(self) -> list[dict[str, Any]]:
        """Every row's file, in order of label."""
        paths = sorted((self.folder / "rows").glob("*.json"))
        return [json.loads(path.read_text(encoding="utf-8")) for path in paths]

    def cell(self, name: str) -> dict[str, Any] | None:
        """A finished cell's record, or None."""
        path = self.cell_folder(name) / "cell.json"
        if not path.exists():
            return None
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found

    def scores(self, name: str) -> list[Score]:
        """A finished cell's scores."""
        with open(self.cell_folder(name) / "scores.csv", newline="", encoding="utf-8") as file:
            labels = {"1": True, "0": False, "": None}
            return [
                Score(machine, id_, subset, clip, labels[anomalous], float(score))
                for machine, id_, subset, clip, anomalous, score in list(csv.reader(file))[1:]
            ]

    def history(self, name: str) -> list[dict[str, str]]:
        """A finished cell's epochs."""
        with open(self.cell_folder(name) / "history.csv", newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def write(self, name: str, text: str) -> Path:
        """Write a file of the folder in one step; ``ValueError`` where the disk is full."""
        path = self.folder / name
        self._write(path, text.encode())
        return path

    def _write(self, path: Path, content: bytes) -> None:
        with _full_disk(self.folder):
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = path.with_name(f".{path.name}.part")
            try:
                with open(temporary, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                temporary.replace(path)
            finally:
                temporary.unlink(missing_ok=True)


class _full_disk:  # noqa: N801 - reads as a statement
    """Turns a full disk or a folder that can't be written into one clear line."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> None: ...

    def __exit__(self, _: object, error: object, __: object) -> None:
        if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise ValueError(
                f"the disk of {self._folder} is full; nothing that is done is lost: free some "
                "space and run the same command again"
            ) from error
        if isinstance(error, PermissionError | NotADirectoryError | FileExistsError):
            raise ValueError(
                f"cannot write to {self._folder} ({error.strerror}); use another --out"
            ) from error


def _label(anomalous: bool | None) -> str:
    return "" if anomalous is None else str(int(anomalous))


def _csv(columns: Iterable[str], lines: Iterable[Iterable[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(lines)
    return text.getvalue()


def _json(value: Any) -> str:
    return json.dumps(json.loads(canonical(value)), indent=1, sort_keys=True) + "\n"
