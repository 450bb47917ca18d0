"""The cache: how much is in it, how much that may be, and what goes when it is more.

All of it can be made again. What was used longest ago goes first; what a process holds stays, and
so do locks and databases, which are small and bounded.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from asdbench.config.files import remove, room_in, write
from asdbench.config.system import cache_folder

LIMIT = 50_000_000_000  # bytes: the clips of two or three years of DCASE
BUILDING = "building-"  # what a bank's file is called until it is whole
_LIMIT = "limit"  # the file with the user's own
_FILES = {".bank", ".db", ".json", ".lock", ".sqlite"}  # what is called so is a file
_SETTLES = 60.0  # seconds in which any file is written that isn't held meanwhile
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CacheFile:
    """A file of the cache: its size in bytes, and when it was used last."""

    path: Path
    size: int
    used: float

    @property
    def half_made(self) -> bool:
        """Whether it is one that nobody can use: its maker is at it, or was killed."""
        return self.path.name.startswith(BUILDING) or self.path.suffix == ".part"


@contextlib.contextmanager
def cache_room() -> Iterator[Path]:
    """The cache's folder, made if need be; what stops its use is one line with a way out.

    Raises ``ValueError`` where the disk is full, nothing can be written, or nothing locked.
    """
    folder = cache_folder()
    full = (
        ": no room in the cache; free some (`asdbench cache sweep --to 0`), or point "
        "ASDBENCH_CACHE at another disk"
    )
    elsewhere = "; point ASDBENCH_CACHE at another folder"
    try:
        with room_in(folder, if_full=full, if_denied=elsewhere):
            folder.mkdir(parents=True, exist_ok=True)
            _clear(folder)
            yield folder
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            raise ValueError(f"the disk of {folder} is full{full}") from error
        raise ValueError(f"cannot write to {folder} ({error}){elsewhere}") from error


def _clear(folder: Path) -> None:
    """Take away what is no file and has the name of one: a folder, a pipe, a link to nowhere."""
    for path in (*folder.iterdir(), *folder.glob("chosen-rows/*")):
        if path.suffix in _FILES and not path.is_file() and os.path.lexists(path):
            _log.warning("%s is no file: it is made again", path)
            remove(path)


def held(path: Path) -> IO[bytes] | None:
    """The file, open, so that no sweep takes it before it is closed; None where it isn't there."""
    if not path.is_file():  # who opens a pipe waits until one writes
        return None
    try:
        file = open(path, "rb")  # noqa: SIM115 - it is the caller's to close
    except FileNotFoundError:
        return None
    hold(file)
    if os.fstat(file.fileno()).st_nlink == 0:  # a sweep was first
        file.close()
        return None
    return file


def hold(file: IO[bytes]) -> None:
    """No sweep takes this file before it is closed."""
    with contextlib.suppress(OSError):  # a disk without locks: there, nothing is ever swept
        fcntl.flock(file, fcntl.LOCK_SH)


def limit() -> int:
    """How many bytes the cache may have: the user's choice, or ``LIMIT``."""
    place = cache_folder() / _LIMIT
    try:
        return int(place.read_text())
    except OSError:
        return LIMIT
    except ValueError:
        _log.warning("%s isn't a number: the limit is that of %d bytes again", place, LIMIT)
        return LIMIT


def set_limit(most: int) -> None:
    """Let the cache have so many bytes; what is more goes at the next sweep."""
    with cache_room() as folder:
        write(folder / _LIMIT, f"{most}\n")


def cache_files() -> list[CacheFile]:
    """Every file that a sweep may take, the one that was used longest ago first."""
    found, folder = [], cache_folder()
    for path in folder.rglob("*"):
        if path.suffix == ".lock" or ".sqlite" in path.name or path == folder / _LIMIT:
            continue
        with contextlib.suppress(FileNotFoundError):  # it went meanwhile
            status = path.lstat()
            if path.is_file():
                used = max(status.st_atime, status.st_mtime)
                found.append(CacheFile(path, status.st_size, used))
    return sorted(found, key=lambda file: file.used)


def sweep(most: int | None = None) -> Sequence[CacheFile]:
    """Delete what killed processes left, then what was used longest ago, down to ``most`` bytes.

    By default that is the limit. What a process holds stays, whatever its size. What went is
    returned.
    """
    most, every = limit() if most is None else most, cache_files()
    size, gone = sum(file.size for file in every), []
    for file in sorted(every, key=lambda file: not file.half_made):
        if (file.half_made or size > most) and _deleted(file):
            size -= file.size
            gone.append(file)
    return gone


def _deleted(file: CacheFile) -> bool:
    """Delete a file that nobody uses; whether it could be."""
    if file.path.suffix == ".part" and time.time() - file.used < _SETTLES:
        return False
    try:
        with open(file.path, "rb") as opened:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.path.unlink()
    except OSError:  # it is held, or not ours to delete
        return False
    return True
