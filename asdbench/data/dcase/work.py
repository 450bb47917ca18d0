"""The work folder of a download: whose it is, what is done, and what is under way.

``dataset`` names the dataset, ``done.json`` lists what is done; both are for later downloads, and
``dataset`` for whoever reads the recordings.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import filelock

from asdbench.config.files import FULL, write
from asdbench.data.dcase.ask import AGAIN
from asdbench.data.dcase.facts import Archive

FOLDERS = {"development": "dev_data", "evaluation": "eval_data"}
_BEFORE_NAMES = "dcase2020"  # was the only one before the work folder named its dataset
_OWN = {"dataset", "done.json", "lock"}


class DoneList:
    """Which archives are unpacked, with the number of files that each put into which folder."""

    def __init__(self, work: Path) -> None:
        self._path, self._to = work / "done.json", work.parent
        self._files: dict[str, dict[str, int]] = {}
        if self._path.exists():
            self._files = json.loads(self._path.read_text())

    def __bool__(self) -> bool:
        return bool(self._files)

    def holds(self, archive: Archive) -> bool:
        """Whether it's noted and its files are still there: people delete folders."""
        noted = self._files.get(archive.name, {})
        base = self._to / FOLDERS[archive.subset]
        return bool(noted) and all(_count(base / name) >= n for name, n in noted.items())

    def add(self, archive: Archive, files: Mapping[str, int]) -> None:
        """Note what an archive put where."""
        self._files[archive.name] = dict(files)
        write(self._path, json.dumps(self._files, indent=1))


def claim(work: Path, dataset: str, names: Iterable[str]) -> DoneList:
    """Make the work folder a dataset's, and remove what no download of its archives can use.

    Raises ``ValueError`` where another dataset's download has put something there.
    """
    done, name = DoneList(work), work / "dataset"
    before = name.read_text().strip() if name.exists() else _BEFORE_NAMES
    if done and before != dataset:
        raise ValueError(
            f"{work.parent} holds a download of {before}; give another folder to {dataset}, or "
            f"delete what is in it, {work.name} too"
        )
    keep = {f"{name}{end}" for name in names for end in ("", ".part", ".json")}
    _sweep(work, _OWN | (keep if before == dataset else set()))
    write(name, f"{dataset}\n")
    return done


@contextmanager
def alone_in(work: Path) -> Iterator[None]:
    """Make the work folder, and hold it; ``OSError`` where another download does."""
    work.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(work / "lock", timeout=0)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise OSError(f"another download into {work.parent} is running; wait for it") from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def disk_errors(to: Path) -> Iterator[None]:
    """Say in one line what the operating system refused; our own errors carry no number."""
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise
        if error.errno in FULL:
            raise OSError(f"the disk of {to} is full; free some space, then {AGAIN}") from error
        place = error.filename or to
        raise OSError(f"cannot write {place}: {error.strerror}; choose another folder") from error


def _count(folder: Path) -> int:
    if not folder.is_dir():
        return 0
    with os.scandir(folder) as entries:
        return sum(entry.is_file() for entry in entries)


def _sweep(work: Path, keep: set[str]) -> None:
    for path in work.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name not in keep:
            path.unlink()
