"""The waveform bank: a dataset's clips decoded once, memory-mapped, shared by every process.

One file a dataset content, rate, clip length and version of the decoding rules, in the user's
cache (``ASDBENCH_CACHE``): int16, ``(clips, samples)``. It is built under a temporary name and
renamed, under a lock, so that a killed build leaves nothing that could be taken for a bank; each
row has a checksum elsewhere, so that a damaged one isn't either. What a source decodes to is
remembered by its identity (for a file: path, size and modification time), and what banks hold: the
bank of a folder with one more file is made of the one before and that file.
"""

from __future__ import annotations

import contextlib
import logging
import os
import weakref
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import IO

import numpy as np
from filelock import FileLock

from asdbench.config.cache import BUILDING, cache_room, held, hold, sweep
from asdbench.config.files import settle
from asdbench.config.keys import digest
from asdbench.config.system import cache_folder, cores
from asdbench.data.building import Progress, bank_path, build, claim
from asdbench.data.decode import Samples, Source, length_at
from asdbench.data.known import Known, Memory
from asdbench.data.oddities import of_length
from asdbench.data.sums import changed

_log = logging.getLogger(__name__)
FETCHED = 1 << 26  # bytes of a bank that come from another machine at once
LOOKED_AT = 200  # sources whose headers say how long clips are before any is decoded


@dataclass(frozen=True)
class Bank:
    """Decoded clips on disk.

    ``content[i]`` is a hash of clip i's samples before cutting, ``notes[i]`` what is to be said of
    them, ``used[i]`` a hash of what is left of them, ``sums[i]`` a checksum of that.
    """

    path: Path
    rate: int
    length: int
    content: Sequence[str]
    notes: Sequence[tuple[str, ...]] = ()
    used: Sequence[str] = ()
    sums: Sequence[int] = ()

    def rows(self, rows: Sequence[int] | slice) -> Samples:
        """The samples of these rows, ``(N, length)`` int16.

        Raises ``ValueError`` where the file is gone.
        """
        return _mapped(self.path, len(self.content), self.length)[rows]


@lru_cache(maxsize=4)
def _mapped(path: Path, clips: int, length: int) -> Samples:
    try:
        return np.memmap(path, dtype=np.int16, mode="r", shape=(clips, length))
    except FileNotFoundError as error:
        raise ValueError(
            f"{path} is gone: the cache was emptied meanwhile; run the same command again, which "
            "decodes the clips anew"
        ) from error


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
    with cache_room() as folder:
        identities = [f"{rate}:{source.identity}" for source in sources]
        with _alone(folder, identities), Memory.of(folder) as memory:
            known = memory.recall(identities)
            length = (
                _usual_length(sources, identities, known, rate)
                if seconds is None
                else round(seconds * rate)
            )
            file = None
            if len(known) == len(set(identities)):
                path = _path(folder, known, identities, rate, length)
                rows = memory.rows_of(path.name)
                file = _whole(path, [row.sum for row in rows], length)
            if file is None:
                named = dict(zip(identities, sources, strict=True))
                known, rows, file = build(
                    folder,
                    named,
                    identities,
                    known,
                    memory,
                    rate=rate,
                    length=length,
                    progress=progress,
                )
                _sweep()
    bank = Bank(
        path=_path(folder, known, identities, rate, length),
        rate=rate,
        length=length,
        content=tuple(known[name].content for name in identities),
        notes=tuple((*known[n].notes, *of_length(known[n].length, length)) for n in identities),
        used=tuple(row.used for row in rows),
        sums=tuple(row.sum for row in rows),
    )
    return _used(bank, file)


def _alone(folder: Path, about: Iterable[str]) -> FileLock:
    """The lock of who builds this: one of 256, so that no more of them are ever left."""
    return FileLock(folder / f"{digest(about)[:2]}.lock")


def _used(bank: Bank, file: IO[bytes]) -> Bank:
    """The bank, whose file is used now, and held as long as this object is there."""
    with contextlib.suppress(OSError):  # it may be another user's
        os.utime(bank.path)
    weakref.finalize(bank, file.close)
    _mapped.cache_clear()  # one that was mended meanwhile has its path and is another file
    return bank


def _sweep() -> None:
    """Keep the cache to its limit, once it has grown."""
    if gone := sweep():
        size = sum(file.size for file in gone)
        _log.info("the cache is kept to its limit: %d files of %d MB went", len(gone), size >> 20)


def to_decode(sources: Sequence[Source], *, rate: int, seconds: float | None = None) -> int:
    """Bytes of the bank that these sources have yet to be decoded into; 0 where it is there.

    Nothing is decoded. Where no length is told, that of some of the sources says how long clips
    are.
    """
    folder, identities = cache_folder(), [f"{rate}:{source.identity}" for source in sources]
    known: dict[str, Known] = {}
    if Memory.place(folder).is_file():
        with Memory.of(folder) as memory:
            known = memory.recall(identities)
    every = len(known) == len(set(identities))  # so there is a memory
    some = slice(None) if every else slice(None, None, max(1, len(sources) // LOOKED_AT))
    length = (
        _usual_length(sources[some], identities[some], known, rate)
        if seconds is None
        else round(seconds * rate)
    )
    if every:
        path = _path(folder, known, identities, rate, length)
        with Memory.of(folder) as memory:
            sums = [row.sum for row in memory.rows_of(path.name)]
        if file := _whole(path, sums, length):
            file.close()
            return 0
    return 2 * length * len(sources)


def copied(bank: Bank, read: Callable[[int, int], Samples]) -> Bank:
    """The bank in this machine's cache, fetched by ``read(start, stop)`` if it isn't there."""
    with cache_room() as folder:
        path = folder / bank.path.name
        with _alone(folder, [path.name]):
            file = _whole(path, bank.sums, bank.length)
            if file is None:
                file = _fetch(bank, read, path)
                _sweep()
    return _used(replace(bank, path=path), file)


def _fetch(bank: Bank, read: Callable[[int, int], Samples], path: Path) -> IO[bytes]:
    clips, at_once = len(bank.content), max(1, FETCHED // (2 * bank.length))
    temporary = path.with_name(f"{BUILDING}{path.stem}")
    file = open(temporary, "wb")  # noqa: SIM115 - it is the caller's to close
    try:
        hold(file)
        claim(file, 2 * bank.length * clips)
        for start in range(0, clips, at_once):
            file.write(read(start, min(start + at_once, clips)).tobytes())
        file.flush()
        settle(temporary, path)
    except BaseException:
        file.close()
        raise
    finally:
        temporary.unlink(missing_ok=True)
    return file


def _whole(path: Path, sums: Sequence[int], length: int) -> IO[bytes] | None:
    """A bank's file, held, if it is there as it was made; one that was damaged is made again."""
    file = held(path)
    if file is None or not (why := _damage(file, sums, length)):
        return file
    file.close()
    _log.warning("%s %s: it is made again", path, why)
    return None


def _damage(file: IO[bytes], sums: Sequence[int], length: int) -> str:
    """What is wrong with a bank; nothing is known of one that an older version made."""
    size, found = 2 * length * len(sums), os.fstat(file.fileno()).st_size
    if not sums:
        return "has no checksums, as older versions made them"
    if found != size:
        return f"has {found} of {size} bytes"
    samples = np.memmap(file, np.int16, "r", shape=(len(sums), length))
    others = changed(samples, sums)
    return f"isn't what was written: {others} of {len(sums)} clips differ" if others else ""


def _path(
    folder: Path, known: Mapping[str, Known], identities: Sequence[str], rate: int, length: int
) -> Path:
    return bank_path(folder, [known[name].content for name in identities], rate, length)


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
