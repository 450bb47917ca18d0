"""Scores of systems that asdbench doesn't run: into an output folder as rows, and out of it."""

from __future__ import annotations

import hashlib
import re
import shutil
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from asdbench.clips import Clip, hash_test_sets
from asdbench.datasets import facts
from asdbench.score_files import Repeat, read_repeats, score_files
from asdbench.store import ImportedCell, Store

DATASET = "dcase2020"  # its test clips are known without their sound

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True)
class Exported:
    """What was written of a row: complete repeats, and score files in all of them together."""

    label: str
    repeats: int
    files: int


def import_scores(
    store: Store, name: str, folder: Path, *, dataset: str | None = None
) -> list[Repeat]:
    """Make a row of the score files in a folder; an import of the same name is replaced.

    The test clips are those of a dataset that asdbench knows by heart, or of the rows that the
    store has. Raises ``ValueError`` where they aren't known, a score is missing, odd or too much,
    or the name is that of a row that asdbench ran.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"{name!r} can't be the name of a row; use up to 100 letters, digits, '.', '_' and "
            "'-', a letter or digit first"
        )
    store.check_label(name, imported=True)
    repeats = read_repeats(folder, clips_to_score(store, dataset))
    clips = list(repeats[0].scores)
    experiment = [*(row["experiment"] for row in store.rows()), dataset][0]
    store.open(hash_test_sets(clips), f"{experiment}, {len(clips)} test clips")
    try:
        _keep(store, name, folder.resolve().name, experiment, repeats)
    finally:
        store.close()
    return repeats


def clips_to_score(store: Store, dataset: str | None) -> list[Clip]:
    """The test clips of a dataset that is known by heart, or else of the store's rows."""
    if dataset == DATASET:
        return [
            Clip(clip.machine, clip.id, subset, "test", anomalous, clip.name)
            for subset in ("development", "evaluation")
            for clip, anomalous in facts.official_test_clips(subset).items()
        ]
    if dataset is not None:
        raise ValueError(f"the test clips of {dataset!r} aren't built in; there is {DATASET}")
    found: dict[str, list[Clip]] = {}
    for row in store.rows():
        complete = (names for names in row["repeats"] if all(map(store.done, names)))
        here = defaultdict(list)
        for clip in _scores(store, next(complete, ())):  # its other repeats have the same clips
            here[clip.subset].append(clip)
        found = here | found
    if not found:
        raise ValueError(
            f"no row in {store.folder} says what the test clips are; give the --out of a run on "
            f"them, or --dataset {DATASET}"
        )
    return [clip for clips in found.values() for clip in clips]


def export(store: Store) -> Iterator[Exported]:
    """Write every row's complete repeats into ``export/<label>/repeat_<n>/``, one row at a time.

    What an earlier export left of a row goes. Raises ``ValueError`` where there are no rows.
    """
    rows = store.rows()
    if not rows:
        raise ValueError(f"no rows in {store.folder}; make some with asdbench run")
    for row in rows:
        place = f"export/{row['label']}"
        if (store.folder / place).exists():
            shutil.rmtree(store.folder / place)
        repeats = files = 0
        for number, names in enumerate(row["repeats"]):
            if not all(map(store.done, names)):
                continue
            repeats += 1
            for file, text in score_files(_scores(store, names)).items():
                store.write(f"{place}/repeat_{number}/{file}", text)
                files += 1
        yield Exported(row["label"], repeats, files)


def _keep(store: Store, name: str, folder: str, experiment: str, repeats: Sequence[Repeat]) -> None:
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    cells = []
    for number, repeat in enumerate(repeats):
        cell = ImportedCell(name, number, repeat.files)
        where = {"imported": now, "files": repeat.files, "folder": repeat.folder}
        store.keep_import(cell, repeat.scores, where)
        cells.append(cell)
    files = hashlib.sha256("".join(repeat.files for repeat in repeats).encode())
    store.keep_imported_row(
        name,
        summary=f"Scores made elsewhere, imported from {folder}.",
        experiment=experiment,
        origin={"folder": folder, "files": files.hexdigest()},
        cells=cells,
    )


def _scores(store: Store, cells: Iterable[str]) -> dict[Clip, float]:
    """The scores of the cells that a repeat is made of."""
    return {
        Clip(line.machine, line.id, line.subset, "test", line.anomalous, line.clip): line.score
        for name in cells
        for line in store.scores(name)
    }
