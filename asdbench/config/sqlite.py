"""SQLite databases: their addresses, whatever their paths hold, and whether they are any."""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote

SQLITE = "sqlite:///"
_URI, _AS_URI = f"{SQLITE}file:", "?uri=true"
_SYNTAX = re.compile(r"[?#%]")  # what an address would take for its own


def sqlite_url(path: Path) -> str:
    """A database's address as SQLAlchemy takes it, and so Optuna and MLflow.

    A path with ``?``, ``#`` or ``%`` is quoted twice: SQLAlchemy reads it once, SQLite once more.

    Example:
        >>> sqlite_url(Path("/runs/demo/mlflow.db"))
        'sqlite:////runs/demo/mlflow.db'
        >>> sqlite_url(Path("/runs/q?1/mlflow.db"))
        'sqlite:///file:/runs/q%253F1/mlflow.db?uri=true'
    """
    if not _SYNTAX.search(str(path)):
        return f"{SQLITE}{path}"
    return f"{_URI}{quote(quote(str(path)))}{_AS_URI}"


@contextlib.contextmanager
def no_stray_folder(url: str) -> Iterator[None]:
    """MLflow makes the folder of an address as it stands, which is a wrong one if that is quoted.

    It is empty, and taken away.
    """
    try:
        yield
    finally:
        if url.startswith(_URI):
            with contextlib.suppress(OSError):
                os.removedirs(Path(url.removeprefix(SQLITE)).parent)


def sqlite_path(url: str) -> Path | None:
    """The file of such an address; None of any other."""
    if url.startswith(_URI) and url.endswith(_AS_URI):
        return Path(unquote(unquote(url[len(_URI) : -len(_AS_URI)])))
    plain, _, _ = url.partition("?")  # what follows are options
    return Path(plain.removeprefix(SQLITE)) if url.startswith(SQLITE) else None


def check_database(path: Path, way_out: str) -> None:
    """Raises ``ValueError`` for a file that is no database of SQLite's, or a broken one."""
    try:
        with contextlib.closing(sqlite3.connect(path)) as database:
            database.execute("SELECT name FROM sqlite_master").fetchall()
    except sqlite3.OperationalError:
        return  # locked, say, or no file can be opened there: who opens it says so
    except sqlite3.DatabaseError as error:
        raise ValueError(f"{path}: {error}; {way_out}") from error
