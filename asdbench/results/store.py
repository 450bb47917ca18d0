"""The output folder: a folder a cell, a file a row; the truth, of which all else can be made again.

``cells/<name>/`` holds ``scores.csv``, ``history.csv``, ``weights.safetensors`` (imports have none)
and, written last, ``cell.json``, which means done; or ``error.txt``. ``rows/<label>.json`` says of
which cells a row is, ``test-sets.json`` which test clips are scored, ``tags.json`` what they are.
"""

from __future__ import annotations

import contextlib
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from asdbench.data.tags import Tags
from asdbench.results.kept_files import KeptFiles, inside, seal_of
from asdbench.results.records import Cell, EnsembleCell, ImportedCell, Outcome, Score, is_of
from asdbench.results.tables import history_csv, read_history, scores_csv, scores_in

TAGS, HISTORY, CODE = "tags.json", "history.csv", "method.py"  # which is copied if not installed
SCORES, TRAIN_SCORES, WEIGHTS = "scores.csv", "train_scores.csv", "weights.safetensors"
OF_CELL = ("cell", "facts", "seconds")  # what is in each cell.json, and in each row's file
OF_ROW = ("experiment", "label", "method", "origin", "recipe", "repeats")


class Store(KeptFiles):
    """An output folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._lock = FileLock(folder / ".lock")

    @classmethod
    def existing(cls, out: str | Path) -> Store:
        """The store of a folder that has results; ``ValueError`` where it has none."""
        folder = Path(out)
        if not (folder / "rows").is_dir():
            raise ValueError(f"no results in {folder}; give --out, or make some with asdbench run")
        return cls(folder)

    @contextlib.contextmanager
    def opened(
        self,
        test_sets: Mapping[str, str],
        description: str,
        tags: Tags | None = None,
        protocol: str | None = None,
    ) -> Iterator[None]:
        """Make the folder, hold it, and check that it is for these test sets, by subset.

        A subset that the folder has nothing of yet is added. ``tags`` replace those that there are
        of their subsets; ``protocol`` says by which year's score these are ranked. Raises
        ``ValueError`` where another run holds the folder, or it is for other test clips.
        """
        with self.room():
            for name in ("cells", "rows", "scratch"):
                (self.folder / name).mkdir(parents=True, exist_ok=True)
        with self.claimed() as ours:
            if not ours:
                raise ValueError(
                    f"another run is writing to {self.folder}; wait for it, or use another --out"
                )
            self._add_test_sets(test_sets, description, protocol)
            if tags is not None:
                self._keep_tags(tags)
            yield

    @contextlib.contextmanager
    def claimed(self) -> Iterator[bool]:
        """Holds the folder if nobody else does; says whether it could."""
        try:
            with self.room():
                held = self._lock.acquire(timeout=0)
        except Timeout:
            yield False
            return
        with held:
            yield True

    def test_sets(self) -> dict[str, str]:
        """The hash of the test clips of each subset that the folder is for."""
        return {subset: mark["hash"] for subset, mark in self._marks().items()}

    def protocols(self) -> Mapping[str, str]:
        """The year whose official score a subset is ranked by: 2020 where none was told."""
        told = {subset: mark.get("protocol", "2020") for subset, mark in self._marks().items()}
        return defaultdict(lambda: "2020", told)

    def tags(self) -> Tags:
        """What is known of test clips, by subset, machine type, machine ID and clip."""
        return self.read_json(TAGS) or {}

    def done(self, name: str) -> bool:
        """Whether the results of the cell of this name are complete."""
        return self.cell(name) is not None

    def intact(self, name: str) -> bool:
        """Whether it is done, and weights and scores aren't cut short: no run does it again."""
        record, place = self.cell(name) or {}, f"cells/{name}"
        return bool(record) and self.whole(place, record.get("files", {}), SCORES, unless=HISTORY)

    def cell_folder(self, name: str) -> Path:
        return self.folder / "cells" / inside(name)

    def scratch(self, cell: Cell) -> Path:
        """The folder that a cell's checkpoints outlive a kill in."""
        return self.folder / "scratch" / inside(cell.name)

    def keep(
        self,
        cell: Cell,
        scores: Iterable[Score],
        outcome: Outcome,
        train: Iterable[Score] = (),
        code: str | None = None,
    ) -> None:
        """Write a finished cell, ``cell.json`` last, and drop its checkpoints.

        ``train`` has the scores of its training clips, where they are known; ``code`` is the
        method's own file, where it isn't installed.
        """
        for name in ("cell.json", "error.txt"):  # of a run before, when it is done again
            (self.cell_folder(cell.name) / name).unlink(missing_ok=True)
        kept: dict[str, str | bytes] = {SCORES: scores_csv(scores), WEIGHTS: outcome.weights}
        kept[HISTORY] = history_csv(outcome.history)
        if found := list(train):
            kept[TRAIN_SCORES] = scores_csv(found)
        if code is not None:
            self.write(f"cells/{cell.name}/{CODE}", code)
        self._keep_record(cell, kept, outcome.seconds, outcome.facts, outcome.cost)
        shutil.rmtree(self.scratch(cell), ignore_errors=True)

    def keep_import(
        self,
        cell: ImportedCell | EnsembleCell,
        scores: Iterable[Score],
        facts: Mapping[str, Any],
    ) -> None:
        """Write one repeat of a row that no method was run for, ``cell.json`` last."""
        (self.cell_folder(cell.name) / "cell.json").unlink(missing_ok=True)  # of the same before
        self._keep_record(cell, {SCORES: scores_csv(scores), HISTORY: history_csv(())}, None, facts)

    def drop(self, name: str) -> None:
        """Delete a cell of this name."""
        shutil.rmtree(self.cell_folder(name), ignore_errors=True)

    def keep_error(self, cell: Cell, text: str) -> Path:
        """Write down why a cell failed."""
        return self.write(f"cells/{inside(cell.name)}/error.txt", text)

    def keep_row(self, record: Mapping[str, Any]) -> None:
        """Write a row's file; see ``results.rows`` for what is in it."""
        self.write_json(f"rows/{inside(record['label'])}.json", record)

    def row(self, label: str) -> dict[str, Any] | None:
        """The file of the row of this label, or None; also where it is that of another row."""
        name = f"rows/{inside(label)}.json"
        record = self.read_json(name, OF_ROW)
        if record and record["label"] != label:
            self.spoilt(name, f"is that of the row {record['label']!r}")
            return None
        return record

    def rows(self) -> list[dict[str, Any]]:
        """Every row's file, in order of label."""
        names = sorted(path.name for path in (self.folder / "rows").glob("[!.]*.json"))
        return [found for name in names if (found := self.row(name.removesuffix(".json")))]

    def cell(self, name: str) -> dict[str, Any] | None:
        """A finished cell's record, or None; also where it is another's, or has no whole scores."""
        place = f"cells/{inside(name)}"
        record = self.read_json(f"{place}/cell.json", OF_CELL)
        if record and not is_of(record, name):
            self.spoilt(f"{place}/cell.json", f"is that of another cell, {record['key']}")
            return None
        seal = (record or {}).get("files", {}).get(SCORES)
        return None if seal and not self.whole(place, {SCORES: seal}, SCORES) else record

    def scores(self, name: str) -> list[Score]:
        """A finished cell's scores. Raises ``ValueError`` where they aren't those of its run."""
        return scores_in(self._checked(name, SCORES), self.cell_folder(name) / SCORES)

    def train_scores(self, name: str) -> list[Score]:
        """The same of its training clips; ``FileNotFoundError`` where it has none."""
        return scores_in(self._checked(name, TRAIN_SCORES), self.cell_folder(name) / TRAIN_SCORES)

    def history(self, name: str) -> list[dict[str, str]]:
        """A finished cell's epochs; none where the table can't be read."""
        table = self.cell_folder(name) / HISTORY
        try:
            self._checked(name, HISTORY)  # of an older version, its form is all that is known
            return read_history(table)
        except (OSError, ValueError) as error:
            self.lost(f"cells/{name}/{HISTORY}", f"can't be read ({error})", "its curves")
            return []

    def weights(self, name: str) -> bytes:
        """What a cell learned; ``ValueError`` where it isn't what was written."""
        return self._checked(name, WEIGHTS)

    def _checked(self, name: str, file: str) -> bytes:
        """A file of a cell, held against the cell's record."""
        record = self.read_json(f"cells/{name}/cell.json") or {}
        return self.sealed(f"cells/{inside(name)}/{file}", record.get("files", {}).get(file))

    def _marks(self) -> dict[str, dict[str, str]]:
        return self.read_json("test-sets.json") or {}

    def _add_test_sets(
        self, test_sets: Mapping[str, str], description: str, protocol: str | None
    ) -> None:
        marks = self._marks()
        for subset, found in test_sets.items():
            mark = marks.setdefault(subset, {"hash": found, "description": description})
            if mark["hash"] != found:
                raise ValueError(
                    f"{self.folder} holds results on other {subset} test clips "
                    f"({mark['description']}); use another --out for {description}"
                )
            if protocol:
                mark["protocol"] = protocol
        if marks != self._marks():
            self.write_json("test-sets.json", marks)

    def _keep_tags(self, tags: Tags) -> None:
        before = self.tags()
        now = {subset: found for subset, found in {**before, **tags}.items() if found}
        if now != before:
            self.write_json(TAGS, now)

    def _keep_record(
        self,
        cell: Cell | ImportedCell | EnsembleCell,
        kept: Mapping[str, str | bytes],
        seconds: float | None,
        facts: Mapping[str, Any],
        cost: Mapping[str, Any] | None = None,
    ) -> None:
        """Write these files, then ``cell.json``, which knows them: now the cell is done."""
        for name, content in kept.items():
            self.write(f"cells/{cell.name}/{name}", content)
        record = {"key": cell.key, "cell": asdict(cell), "seconds": seconds, "facts": facts}
        record["files"] = {name: seal_of(content) for name, content in kept.items()}
        record |= {"cost": cost} if cost else {}
        self.write_json(f"cells/{cell.name}/cell.json", record)
