"""Build a bank's file: what an older bank has is copied, only the rest is decoded."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np

from asdbench.config.cache import BUILDING, hold
from asdbench.config.files import settle
from asdbench.config.keys import digest
from asdbench.config.system import cores
from asdbench.data.decode import RULES, Samples, Source, decode, fit
from asdbench.data.hashes import hash_sound
from asdbench.data.known import BankRow, Known, Memory
from asdbench.data.sums import sum_of
from asdbench.data.survey import known_of

Progress = Callable[[int, int], None]
Made = tuple[Known, BankRow]


class _Before(NamedTuple):
    """A row of an older bank, which may have changed since it was written."""

    samples: Samples
    row: BankRow

    @property
    def sound(self) -> bool:
        return sum_of(self.samples) == self.row.sum


def bank_path(folder: Path, content: Sequence[str], rate: int, length: int) -> Path:
    """Where the bank of clips with these hashes lies."""
    return folder / f"{digest(content)}{_kind(rate, length)}"


def build(
    folder: Path,
    sources: Mapping[str, Source],
    order: Sequence[str],
    known: Mapping[str, Known],
    memory: Memory,
    *,
    rate: int,
    length: int,
    progress: Progress | None = None,
) -> tuple[dict[str, Known], list[BankRow], IO[bytes]]:
    """Write the bank of these sources, a row each, and remember them.

    ``sources`` are by identity, ``order`` has the identity of each row, ``known`` what is known of
    them. What is known now is returned, the rows, and the file, which is held until it is closed.
    """
    temporary = folder / f"{BUILDING}{digest(order)}"  # of one builder: it has the lock
    file = open(temporary, "wb")  # noqa: SIM115 - it is the caller's to close
    try:
        hold(file)
        claim(file, 2 * length * len(order))
        before = _rows_before(folder, memory, {k.content for k in known.values()}, rate, length)

        def one(row: int) -> tuple[Known, BankRow]:
            name = order[row]
            if name in known and (copy := before.get(known[name].content)) and copy.sound:
                now, samples, of_row = known[name], copy.samples, copy.row
            else:
                decoded = decode(sources[name], rate)
                samples, now = fit(decoded.samples, length), known_of(decoded)
                used = now.content if now.length == length else hash_sound(samples)
                of_row = BankRow(now.content, used, sum_of(samples))
            os.pwrite(file.fileno(), samples.data, row * 2 * length)
            return now, of_row

        each = list(_every(one, len(order), progress))
        found = {name: now for name, (now, _) in zip(order, each, strict=True)}
        rows = [of_row for _, of_row in each]
        path = bank_path(folder, [of_row.content for of_row in rows], rate, length)
        settle(temporary, path)
    except BaseException:
        file.close()
        raise
    finally:
        temporary.unlink(missing_ok=True)
    memory.keep(found)
    memory.keep_bank(path, rows)
    return found, rows, file


def _every(one: Callable[[int], Made], rows: int, progress: Progress | None) -> Iterator[Made]:
    """Do every row, several at a time; after one that can't be done, no other is begun."""
    with ThreadPoolExecutor(cores()) as pool:
        try:
            for row, now in enumerate(pool.map(one, range(rows))):
                yield now
                if progress:
                    progress(row + 1, rows)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def claim(file: IO[bytes], size: int) -> None:
    """Take the room up front: a disk that fills later would kill a process that maps the file."""
    fallocate = getattr(os, "posix_fallocate", None)  # not on macOS
    if fallocate and size:
        fallocate(file.fileno(), 0, size)


def _rows_before(
    folder: Path, memory: Memory, wanted: Collection[str], rate: int, length: int
) -> dict[str, _Before]:
    """The rows of older banks that these hashes are of, as far as there are any."""
    found: dict[str, _Before] = {}
    for name, rows in memory.banks(_kind(rate, length)):
        missing = {*wanted} - found.keys()
        if not missing:
            break
        try:
            samples = np.memmap(folder / name, np.int16, "r", shape=(len(rows), length))
        except (OSError, ValueError):  # it is gone, or was cut short
            continue
        each = zip(samples, rows, strict=True)
        found |= {
            row.content: _Before(of_row, row) for of_row, row in each if row.content in missing
        }
    return found


def _kind(rate: int, length: int) -> str:
    """How the names of all banks end whose rows are of one form."""
    return f"-{rate}-{length}-{RULES}.bank"
