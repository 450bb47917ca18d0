"""Scores of systems that asdbench doesn't run: into an output folder as rows, and out of it."""

from __future__ import annotations

import hashlib
import re
import shutil
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from asdbench.config.defaults import DEMO, RUNS
from asdbench.data.clips import Clip
from asdbench.data.dcase import facts
from asdbench.data.hashes import hash_test_sets
from asdbench.results.build import board
from asdbench.results.files import write_boards
from asdbench.results.leaderboard import Leaderboard, load_board
from asdbench.results.records import ImportedCell, Score
from asdbench.results.rows import check_label, keep_imported_row
from asdbench.results.score_files import Repeat, read_repeats, score_files
from asdbench.results.store import Store

DATASET = "dcase2020"  # its test clips are known without their sound

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True)
class Exported:
    """What was written of a row: complete repeats, and score files in all of them together."""

    label: str
    repeats: int
    files: int


@dataclass(frozen=True)
class Imported:
    """What an import did: its row's label, how many repeats, of which subsets, in which folder.

    ``broken`` says which formats of the leaderboard couldn't be written.
    """

    label: str
    repeats: int
    subsets: tuple[str, ...]
    folder: Path
    broken: tuple[str, ...]

    @property
    def board(self) -> Leaderboard:
        """The board with the row in it."""
        return load_board(self.folder)


def import_scores(
    name: str, folder: str | Path, *, dataset: str | None = None, out: str | Path | None = None
) -> Imported:
    """Add a system that was run elsewhere to the leaderboard, by its score files.

    An import of the same name is replaced.

    Args:
        name: What to call the system: its row's label.
        folder: Its score files, or a folder of them a repeat.
        dataset: "dcase2020", whose test clips are built in; by default those of ``out``'s rows.
        out: The output folder; by default ``runs/<dataset>``, or ``runs/demo``.

    Raises:
        ValueError: where the test clips aren't known, a score is missing, odd or too much, or the
            name is that of a row that asdbench ran.

    Example:
        >>> import asdbench
        >>> done = asdbench.run("smoke", methods=["knn"], repeats=1)
        >>> exported = asdbench.export_scores("runs/smoke")
        >>> imported = asdbench.import_scores(
        ...     "ours", "runs/smoke/export/knn", out="runs/smoke")
        >>> [row.label for row in imported.board.rows]
        ['knn', 'ours']
    """
    store, folder = Store(Path(out) if out else RUNS / (dataset or DEMO)), Path(folder)
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"{name!r} can't be the name of a row; use up to 100 letters, digits, '.', '_' and "
            "'-', a letter or digit first"
        )
    check_label(store, name, imported=True)
    repeats = read_repeats(folder, clips_to_score(store, dataset))
    clips = list(repeats[0].scores)
    experiment = [*(row["experiment"] for row in store.rows()), dataset][0]
    with store.opened(hash_test_sets(clips), f"{experiment}, {len(clips)} test clips"):
        check_label(store, name, imported=True)  # a run may have come first
        _keep(store, name, folder.resolve().name, experiment, repeats)
        broken = write_boards(store, board(store))
    return Imported(name, len(repeats), tuple(repeats[0].subsets), store.folder, tuple(broken))


def clips_to_score(store: Store, dataset: str | None) -> list[Clip]:
    """The test clips of a dataset that is known by heart, or else of the store's rows."""
    if dataset == DATASET:
        return [
            Clip(clip.machine, clip.id, subset, "test", truth.anomalous, clip.name)
            for subset in ("development", "evaluation")
            for clip, truth in facts.official_test_clips(2020, subset).items()
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


def export_scores(
    out: str | Path = RUNS / DEMO, *, on_row: Callable[[Exported], None] = lambda _: None
) -> list[Exported]:
    """Write every row's complete repeats in the form of the DCASE challenge.

    They go to ``<out>/export/<label>/repeat_<n>/``; what an earlier export left of a row goes.

    Args:
        out: The output folder.
        on_row: Is told each row as it is written.

    Returns:
        What was written of each row: ``label``, ``repeats``, ``files``.

    Raises:
        ValueError: where there are no results.

    Example:
        >>> import asdbench
        >>> done = asdbench.run("smoke", methods=["knn"], repeats=1)
        >>> asdbench.export_scores("runs/smoke")[0].label
        'knn'
    """
    store = Store.existing(out)
    rows = store.rows()
    if not rows:
        raise ValueError(f"no rows in {store.folder}; make some with asdbench run")
    written: list[Exported] = []
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
        written.append(Exported(row["label"], repeats, files))
        on_row(written[-1])
    return written


def _keep(store: Store, name: str, folder: str, experiment: str, repeats: Sequence[Repeat]) -> None:
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    cells = []
    for number, repeat in enumerate(repeats):
        cell = ImportedCell(name, number, repeat.files)
        where = {"imported": now, "files": repeat.files, "folder": repeat.folder}
        scores = (Score.of(clip, score) for clip, score in repeat.scores.items())
        store.keep_import(cell, scores, where)
        cells.append(cell)
    files = hashlib.sha256("".join(repeat.files for repeat in repeats).encode())
    keep_imported_row(
        store,
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
