"""The waveform bank: a dataset's clips decoded once, memory-mapped, shared by every process.

One file a dataset content, rate, clip length and version of the decoding rules, in the user's
cache (``ASDBENCH_CACHE``): int16, ``(clips, samples)``. It is built under a temporary name and
renamed, under a lock, so that a killed build leaves nothing that could be taken for a bank. What a
source decodes to is remembered by its identity (for a file: path, size and modification time).
"""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import IO

import numpy as np
from filelock import FileLock

from asdbench.config.files import room_in, settle
from asdbench.config.keys import digest
from asdbench.config.system import cache_folder, cores
from asdbench.data.decode import RULES, Samples, Source, decode, fit, length_at
from asdbench.data.known import Known, Memory
from asdbench.data.oddities import of_length
from asdbench.data.survey import known_of

Progress = Callable[[int, int], None]
_log = logging.getLogger(__name__)
FETCHED = 1 << 26  # bytes of a bank that come from another machine at once
LOOKED_AT = 200  # sources whose headers say how long clips are before any is decoded


@dataclass(frozen=True)
class Bank:
    """Decoded clips on disk.

    ``content[i]`` is a hash of clip i's samples before cutting, ``notes[i]`` what is to be said of
    them.
    """

    path: Path
    rate: int
    length: int
    content: Sequence[str]
    notes: Sequence[tuple[str, ...]] = ()

    def rows(self, rows: Sequence[int] | slice) -> Samples:
        """The samples of these rows, ``(N, length)`` int16."""
        return _mapped(self.path, len(self.content), self.length)[rows]


@lru_cache(maxsize=4)
def _mapped(path: Path, clips: int, length: int) -> Samples:
    return np.memmap(path, dtype=np.int16, mode="r", shape=(clips, length))


def open_bank(
    sources: Sequence[Source],
    *,
    rate: int,
    seconds: float | None = None,
    progress: Progress | None = None,
) -> Bank:
    """The bank of these sources, built if it isn't there yet.

    ``seconds`` is the clip length; without one, the length that most clips have. Raises
    ``ValueError`` where a source can't be decoded or the disk is full.
    """
    folder = cache_folder()
    with _room_in(folder):
        folder.mkdir(parents=True, exist_ok=True)
        identities = [f"{rate}:{source.identity}" for source in sources]
        lock = folder / f"{digest(identities)}.lock"
        with FileLock(lock), Memory.of(folder) as memory:
            known = memory.recall(identities)
            length = (
                _usual_length(sources, identities, known, rate)
                if seconds is None
                else round(seconds * rate)
            )
            if len(known) < len(set(identities)) or not _is_whole(
                _path(folder, known, identities, rate, length), 2 * length * len(sources)
            ):
                known = _build(folder, sources, identities, rate, length, progress, memory)
    return Bank(
        path=_path(folder, known, identities, rate, length),
        rate=rate,
        length=length,
        content=tuple(known[name].content for name in identities),
        notes=tuple((*known[n].notes, *of_length(known[n].length, length)) for n in identities),
    )


def to_decode(sources: Sequence[Source], *, rate: int, seconds: float | None = None) -> int:
    """Bytes of the bank that these sources have yet to be decoded into; 0 where it is there.

    Nothing is decoded. Where no length is told, that of some of the sources says how long clips
    are.
    """
    folder, identities = cache_folder(), [f"{rate}:{source.identity}" for source in sources]
    known: dict[str, Known] = {}
    if Memory.place(folder).exists():
        with Memory.of(folder) as memory:
            known = memory.recall(identities)
    every = len(known) == len(set(identities))
    some = slice(None) if every else slice(None, None, max(1, len(sources) // LOOKED_AT))
    length = (
        _usual_length(sources[some], identities[some], known, rate)
        if seconds is None
        else round(seconds * rate)
    )
    size = 2 * length * len(sources)
    there = every and _is_whole(_path(folder, known, identities, rate, length), size)
    return 0 if there else size


def copied(bank: Bank, read: Callable[[int, int], Samples]) -> Bank:
    """The bank in this machine's cache, fetched by ``read(start, stop)`` if it isn't there."""
    folder = cache_folder()
    path = folder / bank.path.name
    with _room_in(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock")):
            if not _is_whole(path, 2 * bank.length * len(bank.content)):
                _fetch(bank, read, path)
    return replace(bank, path=path)


def _fetch(bank: Bank, read: Callable[[int, int], Samples], path: Path) -> None:
    clips, at_once = len(bank.content), max(1, FETCHED // (2 * bank.length))
    temporary = path.with_name(f"building-{path.stem}")
    try:
        with open(temporary, "wb") as file:
            _claim(file, 2 * bank.length * clips)
            for start in range(0, clips, at_once):
                file.write(read(start, min(start + at_once, clips)).tobytes())
        settle(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _build(
    folder: Path,
    sources: Sequence[Source],
    identities: Sequence[str],
    rate: int,
    length: int,
    progress: Progress | None,
    memory: Memory,
) -> dict[str, Known]:
    """Decode every source into a temporary file, remember them, and name the file."""
    temporary = folder / f"building-{digest(identities)}"  # of one builder: it has the lock
    known: dict[str, Known] = {}
    row_bytes = 2 * length
    try:
        with open(temporary, "wb") as file:
            _claim(file, row_bytes * len(sources))

            def one(row: int) -> Known:
                decoded = decode(sources[row], rate)
                os.pwrite(file.fileno(), fit(decoded.samples, length).data, row * row_bytes)
                return known_of(decoded)

            with ThreadPoolExecutor(cores()) as pool:
                done = pool.map(one, range(len(sources)))
                try:
                    for row, found in enumerate(done):
                        known[identities[row]] = found
                        if progress:
                            progress(row + 1, len(sources))
                except BaseException:
                    pool.shutdown(wait=True, cancel_futures=True)
                    raise
        settle(temporary, _path(folder, known, identities, rate, length))
    finally:
        temporary.unlink(missing_ok=True)
    memory.keep(known)
    return known


def _is_whole(path: Path, size: int) -> bool:
    """Whether a bank is there, in all its size; one that was cut short is made again."""
    try:
        found = path.stat().st_size
    except FileNotFoundError:
        return False
    if found != size:
        _log.warning("%s has %d of %d bytes: it is made again", path, found, size)
    return found == size


def _claim(file: IO[bytes], size: int) -> None:
    """Take the room up front: a disk that fills later would kill a process that maps the file."""
    claim = getattr(os, "posix_fallocate", None)  # not on macOS
    if claim and size:
        claim(file.fileno(), 0, size)


@contextlib.contextmanager
def _room_in(folder: Path) -> Iterator[None]:
    """Say what a full disk means, also where it is SQLite that finds it full."""
    full = ": no room for the decoded clips; free some, or point ASDBENCH_CACHE at another disk"
    try:
        with room_in(folder, if_full=full, if_denied="; point ASDBENCH_CACHE at another folder"):
            yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_FULL:
            raise
        raise ValueError(f"the disk of {folder} is full{full}") from error


def _path(
    folder: Path, known: dict[str, Known], identities: Sequence[str], rate: int, length: int
) -> Path:
    content = digest([known[name].content for name in identities])
    return folder / f"{content}-{rate}-{length}-{RULES}.bank"


def _usual_length(
    sources: Sequence[Source], identities: Sequence[str], known: Mapping[str, Known], rate: int
) -> int:
    """The usual length; new sources tell theirs before they are decoded."""
    new = [source for name, source in zip(identities, sources, strict=True) if name not in known]
    with ThreadPoolExecutor(cores()) as pool:
        told = list(pool.map(lambda source: length_at(source.header(), rate), new))
    return usual([*told, *(known[name].length for name in identities if name in known)])


def usual(lengths: Iterable[int]) -> int:
    """The commonest length, the shorter of two."""
    counts = Counter(lengths)
    return min(counts, key=lambda length: (-counts[length], length))
