"""Scores of systems that asdbench doesn't run, into an output folder as rows."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from asdbench.config.defaults import DEMO, RUNS
from asdbench.data.hashes import hash_test_sets
from asdbench.results.build import board
from asdbench.results.files import write_boards
from asdbench.results.leaderboard import Leaderboard, load_board
from asdbench.results.records import ImportedCell, Score
from asdbench.results.rows import check_label, keep_imported_row
from asdbench.results.score_files import Repeat, read_repeats
from asdbench.results.store import Store
from asdbench.results.to_score import to_score

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


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

    They are in the form of any year's challenge; decision files beside them are read too. An import
    of the same name is replaced.

    Args:
        name: What to call the system: its row's label.
        folder: Its score files, or a folder of them a repeat.
        dataset: "dcase2020" to "dcase2025", whose test clips are built in (since 2021 those of
            evaluation); by default those of ``out``'s rows.
        out: The output folder; by default ``runs/<dataset>``, or ``runs/demo``.

    Raises:
        ValueError: where the test clips aren't known, a score or a decision is missing, odd or too
            much, or the name is that of a row that asdbench ran.

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
    asked = to_score(store, dataset)
    repeats = read_repeats(folder, asked.clips, asked.protocol)
    clips = list(repeats[0].scores)
    experiment = [*(row["experiment"] for row in store.rows()), dataset][0]
    covered = {subset: tags for subset, tags in asked.tags.items() if subset in repeats[0].subsets}
    about = f"{experiment}, {len(clips)} test clips"
    with store.opened(hash_test_sets(clips), about, covered, asked.protocol):
        check_label(store, name, imported=True)  # a run may have come first
        _keep(store, name, folder.resolve().name, experiment, repeats)
        broken = write_boards(store, board(store))
    return Imported(name, len(repeats), tuple(repeats[0].subsets), store.folder, tuple(broken))


def _keep(store: Store, name: str, folder: str, experiment: str, repeats: Sequence[Repeat]) -> None:
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    cells = []
    for number, repeat in enumerate(repeats):
        cell = ImportedCell(name, number, repeat.files)
        where = {"imported": now, "files": repeat.files, "folder": repeat.folder}
        scores = (
            Score.of(clip, score, repeat.decisions.get(clip))
            for clip, score in repeat.scores.items()
        )
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
