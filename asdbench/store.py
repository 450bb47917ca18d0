"""The output folder: one folder a cell, one file a row; these files are the truth.

``cells/<name>/`` holds ``scores.csv``, ``history.csv``, ``weights.safetensors`` (imports have none)
and, written last, ``cell.json``, which means done; or ``error.txt``. ``rows/<label>.json`` says
which cells a row of the leaderboard is made of, ``test-sets.json`` which test clips the folder is
for. Everything else in the folder can be made again from them.
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
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from filelock import FileLock, Timeout

from asdbench.clips import Clip
from asdbench.config import canonical, key
from asdbench.plan import SCHEMA, Cell, PlannedRow

SCORE_COLUMNS = ("machine", "id", "subset", "clip", "anomalous", "score")


@dataclass(frozen=True)
class Outcome:
    """What a worker returns: a score a test clip, and how it came about."""

    scores: Sequence[float]
    history: Sequence[Mapping[str, Any]]
    weights: bytes
    seconds: float
    facts: Mapping[str, Any]


class Score(NamedTuple):
    """One line of ``scores.csv``; a named tuple, since there are a million of them to read."""

    machine: str
    id: str
    subset: str
    clip: str
    anomalous: bool | None
    score: float


@dataclass(frozen=True)
class ImportedCell:
    """One repeat of a system that was run elsewhere; ``files`` is the hash of its score files.

    ``machine`` is None, as in the cell of a method that is fitted to all machine types at once.
    """

    method: str
    repeat: int
    files: str
    machine: None = None

    @cached_property
    def key(self) -> str:
        """A hash of everything above, and of nothing else."""
        return key({"schema": SCHEMA, **asdict(self)})

    @property
    def name(self) -> str:
        """The name of the cell's folder."""
        return f"{self.method}-all-r{self.repeat}-{self.key}"


class Store:
    """An output folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = FileLock(folder / ".lock")

    def open(self, test_sets: Mapping[str, str], description: str) -> None:
        """Make the folder, claim it, and check that it is for these test sets, by subset.

        A subset that the folder has nothing of yet is added. Raises ``ValueError`` where another
        run holds the folder, or it has results for other test clips of a subset.
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
        try:
            self._add_test_sets(test_sets, description)
        except BaseException:
            self.close()
            raise

    def test_sets(self) -> dict[str, str]:
        """The hash of the test clips of each subset that the folder is for."""
        return {subset: mark["hash"] for subset, mark in self._marks().items()}

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
        self._write(folder / "scores.csv", _scores_csv(scored))
        columns = list(dict.fromkeys(name for line in outcome.history for name in line))
        history = [[line.get(name, "") for name in columns] for line in outcome.history]
        self._write(folder / "history.csv", _csv(columns, history))
        self._write(folder / "weights.safetensors", outcome.weights)
        self._keep_record(cell, outcome.seconds, outcome.facts)
        shutil.rmtree(self.scratch(cell), ignore_errors=True)

    def keep_import(
        self, cell: ImportedCell, scores: Mapping[Clip, float], facts: Mapping[str, Any]
    ) -> None:
        """Write one repeat of a system that was run elsewhere, ``cell.json`` last."""
        folder = self.cell_folder(cell.name)
        (folder / "cell.json").unlink(missing_ok=True)  # of the same import before
        self._write(folder / "scores.csv", _scores_csv(scores.items()))
        self._write(folder / "history.csv", _csv((), ()))
        self._keep_record(cell, None, facts)

    def keep_error(self, cell: Cell, text: str) -> Path:
        """Write down why a cell failed."""
        path = self.cell_folder(cell.name) / "error.txt"
        self._write(path, text.encode())
        return path

    def keep_row(self, row: PlannedRow, experiment: str, recipe: Mapping[str, Any]) -> None:
        """Write which cells a row is made of and where it comes from.

        Raises ``ValueError`` where an import has its label: its scores could not be run again.
        """
        self.check_label(row.label, imported=False)
        record = {
            "label": row.label,
            "method": row.method,
            "summary": row.summary,
            "fields": row.fields,
            "experiment": experiment,
            "recipe": recipe,
            "origin": row.origin,
            "repeats": [[cell.name for cell in cells] for cells in row.cells],
        }
        self.write(f"rows/{row.label}.json", _json(record))

    def keep_imported_row(
        self,
        label: str,
        *,
        summary: str,
        experiment: str,
        origin: Mapping[str, Any],
        cells: Sequence[ImportedCell],
    ) -> None:
        """Write the row of an import, and drop the cells of an import that it replaces."""
        self.check_label(label, imported=True)
        before = self.row(label)
        record = {
            "label": label,
            "method": label,
            "summary": summary,
            "fields": {},
            "experiment": experiment,
            "recipe": {},
            "origin": {"kind": "import", **origin},
            "repeats": [[cell.name] for cell in cells],
        }
        self.write(f"rows/{label}.json", _json(record))
        for names in before["repeats"] if before else []:
            if names not in record["repeats"]:
                shutil.rmtree(self.cell_folder(names[0]), ignore_errors=True)

    def check_label(self, label: str, *, imported: bool) -> None:
        """Raise ``ValueError`` where an import would replace a run's row, or a run an import's."""
        row = self.row(label)
        if row is None or (row["origin"]["kind"] == "import") == imported:
            return
        made = "was run by asdbench" if imported else "was imported"
        raise ValueError(
            f"the row {row['label']!r} in {self.folder} {made}; use another name or another --out, "
            f"or delete {self.folder / 'rows' / label}.json"
        )

    def row(self, label: str) -> dict[str, Any] | None:
        """The file of the row of this label, or None."""
        return _read_json(self.folder / "rows" / f"{label}.json")

    def rows(self) -> list[dict[str, Any]]:
        """Every row's file, in order of label."""
        paths = sorted((self.folder / "rows").glob("*.json"))
        return [json.loads(path.read_text(encoding="utf-8")) for path in paths]

    def cell(self, name: str) -> dict[str, Any] | None:
        """A finished cell's record, or None."""
        return _read_json(self.cell_folder(name) / "cell.json")

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

    def _marks(self) -> dict[str, dict[str, str]]:
        return _read_json(self.folder / "test-sets.json") or {}

    def _add_test_sets(self, test_sets: Mapping[str, str], description: str) -> None:
        marks = self._marks()
        for subset, found in test_sets.items():
            mark = marks.setdefault(subset, {"hash": found, "description": description})
            if mark["hash"] != found:
                raise ValueError(
                    f"{self.folder} holds results on other {subset} test clips "
                    f"({mark['description']}); use another --out for {description}"
                )
        if marks != self._marks():
            self.write("test-sets.json", _json(marks))

    def _keep_record(
        self, cell: Cell | ImportedCell, seconds: float | None, facts: Mapping[str, Any]
    ) -> None:
        """Write ``cell.json``: from here on, the cell is done."""
        record = {"key": cell.key, "cell": asdict(cell), "seconds": seconds, "facts": facts}
        self._write(self.cell_folder(cell.name) / "cell.json", _json(record).encode())

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


def _scores_csv(scored: Iterable[tuple[Clip, float]]) -> bytes:
    lines = sorted(
        (c.machine, c.id, c.subset, c.name or "", _label(c.anomalous), repr(float(score)))
        for c, score in scored
    )
    return _csv(SCORE_COLUMNS, lines)


def _label(anomalous: bool | None) -> str:
    return "" if anomalous is None else str(int(anomalous))


def _csv(columns: Iterable[str], lines: Iterable[Iterable[Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(lines)
    return text.getvalue().encode()


def _json(value: Any) -> str:
    return json.dumps(json.loads(canonical(value)), indent=1, sort_keys=True) + "\n"


def _read_json(path: Path) -> dict[str, Any] | None:
    """A file's content, or None where there is no such file."""
    if not path.exists():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
