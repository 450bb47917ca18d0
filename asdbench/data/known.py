"""What sources decoded to, and which banks have them, so that none is decoded to find out."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from asdbench.data.decode import RULES

_log = logging.getLogger(__name__)
VERSION = 4  # of what is said of sources
MOST = 500_000  # sources that are remembered, some 250 bytes each: all years of DCASE have fewer
_AT_ONCE = 500  # identities in a question: SQLite limits how many there may be
_HASH, _SUM = 32, 8  # characters of a content's hash, and of a row's checksum


@dataclass(frozen=True)
class Known:
    """A source's samples before cutting: their hash, how many, and what is to be said of them."""

    content: str
    length: int
    notes: tuple[str, ...]


class BankRow(NamedTuple):
    """A bank's row: hashes of the samples before and after they were cut, and a checksum of it."""

    content: str
    used: str
    sum: int


class Memory:
    """What each source decoded to, by its identity, and each bank's rows: a small SQLite file."""

    def __init__(self, path: Path) -> None:
        try:
            self._open(path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):  # locked, or full: it isn't damaged
                raise
            _log.warning("%s is damaged (%s): it is made again", path, error)
            path.unlink()
            self._open(path)

    def _open(self, path: Path) -> None:
        self._database = sqlite3.connect(path, timeout=60)
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS decoded"
            " (identity TEXT PRIMARY KEY, content TEXT, length INTEGER, notes TEXT)"
        )
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS checked_banks (name TEXT PRIMARY KEY, rows TEXT)"
        )
        [found] = self._database.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise sqlite3.DatabaseError(found)

    @classmethod
    def of(cls, folder: Path) -> Memory:
        """That of a cache folder, as today's rules decode."""
        return cls(cls.place(folder))

    @staticmethod
    def place(folder: Path) -> Path:
        """Where a cache folder has it."""
        return folder / f"decoded-{RULES}-{VERSION}.sqlite"

    def __enter__(self) -> Memory:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def recall(self, identities: Sequence[str]) -> dict[str, Known]:
        """Those of these sources that are known."""
        rows: list[tuple[str, str, int, str]] = []
        names = list(set(identities))
        for start in range(0, len(names), _AT_ONCE):
            part = names[start : start + _AT_ONCE]
            marks = ",".join("?" * len(part))
            rows += self._database.execute(
                f"SELECT * FROM decoded WHERE identity IN ({marks})", part
            )
        return {
            identity: Known(content, length, tuple(filter(None, notes.split("\n"))))
            for identity, content, length, notes in rows
        }

    def keep(self, known: Mapping[str, Known]) -> None:
        """Remember these as well, in place of what was known of them."""
        with self._database:
            self._database.executemany(
                "INSERT OR REPLACE INTO decoded VALUES (?, ?, ?, ?)",
                [(name, k.content, k.length, "\n".join(k.notes)) for name, k in known.items()],
            )
            self._database.execute(
                "DELETE FROM decoded WHERE rowid <= (SELECT MAX(rowid) FROM decoded) - ?", [MOST]
            )

    def banks(self, ending: str) -> Iterator[tuple[str, list[BankRow]]]:
        """Names of banks that end so, the latest first, with their rows."""
        for name, rows in self._database.execute(
            "SELECT name, rows FROM checked_banks ORDER BY rowid DESC"
        ):
            if name.endswith(ending):
                yield name, _rows_in(rows)

    def rows_of(self, name: str) -> list[BankRow]:
        """The rows of the bank of this name; none where nothing is known of it."""
        found = self._database.execute("SELECT rows FROM checked_banks WHERE name = ?", [name])
        return [row for (rows,) in found for row in _rows_in(rows)]

    def keep_bank(self, path: Path, rows: Sequence[BankRow]) -> None:
        """Remember what is in a bank; those beside it that are gone are forgotten."""
        names = [name for [name] in self._database.execute("SELECT name FROM checked_banks")]
        gone = [[name] for name in names if not path.with_name(name).exists()]
        written = "".join(f"{row.content}{row.used}{row.sum:0{_SUM}x}" for row in rows)
        with self._database:
            self._database.executemany("DELETE FROM checked_banks WHERE name = ?", gone)
            self._database.execute(
                "INSERT OR REPLACE INTO checked_banks VALUES (?, ?)", [path.name, written]
            )


def _rows_in(written: str) -> list[BankRow]:
    size = 2 * _HASH + _SUM
    each = (written[start : start + size] for start in range(0, len(written), size))
    return [BankRow(one[:_HASH], one[_HASH:-_SUM], int(one[-_SUM:], 16)) for one in each]
