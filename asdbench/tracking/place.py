"""Where an output folder's copy in MLflow is, and which folder it is, wherever it lies."""

from __future__ import annotations

import contextlib
import os
import platform
import re
import sqlite3
import uuid
from pathlib import Path
from typing import NamedTuple

from asdbench.config.sqlite import sqlite_path, sqlite_url
from asdbench.results.store import Store

FILE = "folder.json"
ARTIFACTS = "mlartifacts"
_PLACES = (
    ("experiments", "artifact_location"),
    ("runs", "artifact_uri"),
    ("logged_models", "artifact_location"),
    ("model_versions", "storage_location"),
)
_NOT_A_FOLDER = {"databricks", "databricks-uc", "uc"}
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"


class FolderName(NamedTuple):
    """An output folder's own ID, which goes with it, and where it is: ``host:path``."""

    id: str
    place: str


def uri_of(store: Store) -> str:
    """Where the mirror is: ``MLFLOW_TRACKING_URI``, else SQLite in the output folder."""
    return os.environ.get("MLFLOW_TRACKING_URI") or local_uri(store)


def local_uri(store: Store) -> str:
    """The database in the output folder."""
    return sqlite_url(store.folder.resolve() / "mlflow.db")


def is_remote(uri: str) -> bool:
    """Whether a server is asked rather than a file."""
    return not uri.startswith("sqlite")


def refuse_folder(uri: str) -> None:
    """Raises ``ValueError`` where MLflow's files of before are asked for: a folder, not a database.

    Newer versions refuse it, and none of them can hold ``auc`` beside ``auc/fan`` there.
    """
    if uri.startswith("file:") or (":" not in uri and uri not in _NOT_A_FOLDER):
        raise ValueError(
            f"{uri} is a folder, where figures can't be kept; set MLFLOW_TRACKING_URI to "
            "sqlite:///mlflow.db or to a server's address, or unset it"
        )


def refuse_no_file(uri: str) -> None:
    """Raises ``ValueError`` for SQLite's address without a file: it would hold nothing for long."""
    if not is_remote(uri) and str(sqlite_path(uri) or ".") in {".", ":memory:"}:
        raise ValueError(
            f"{uri} names no file; set MLFLOW_TRACKING_URI to sqlite:///mlflow.db or to a "
            "server's address, or unset it"
        )


def folder_name(store: Store) -> FolderName:
    """The folder's name, given the first time; the store must be held.

    A folder that was moved keeps its ID. A copy whose original is still there gets an ID of its
    own: both may be mirrored to one server.
    """
    place = place_of(store)
    known = store.read_json(FILE) or {"id": uuid.uuid4().hex, "place": None}
    found = FolderName(known["id"], place)
    if known["place"] == place:
        return found
    host, _, before = (known["place"] or "").partition(":")
    if before and host == platform.node() and _is_of(Path(before), found.id):
        found = FolderName(uuid.uuid4().hex, place)
    store.write_json(FILE, found._asdict())
    return found


def place_of(store: Store) -> str:
    """Where an output folder is: ``host:path``."""
    return f"{platform.node()}:{store.folder.resolve()}"


def _is_of(folder: Path, id: str) -> bool:
    known = Store(folder).read_json(FILE) if folder.is_dir() else None
    return known is not None and known["id"] == id


def follow(store: Store) -> None:
    """Let the folder's own database find its files here: MLflow keeps absolute paths."""
    file = store.folder / "mlflow.db"
    if not file.exists():
        return
    new = artifacts_of(store)
    with contextlib.closing(sqlite3.connect(file)) as database, database:
        tables = {name for (name,) in database.execute(_TABLES).fetchall()}
        if "experiments" not in tables:
            return  # who made it was killed before it had any
        query = (
            "SELECT DISTINCT artifact_location FROM experiments"
            " WHERE artifact_location LIKE ? AND artifact_location != ?"
        )
        for (old,) in database.execute(query, (f"%/{ARTIFACTS}", new)).fetchall():
            for table, column in _PLACES:
                if table not in tables:
                    continue  # of an older MLflow
                database.execute(
                    f"UPDATE {table} SET {column} = ? || substr({column}, ?)"
                    f" WHERE substr({column}, 1, ?) = ?",
                    (new, len(old) + 1, len(old), old),
                )


def without_password(text: str) -> str:
    """A text whose addresses show no password."""
    return re.sub(r"(//[^/@:\s]*):[^/@\s]*@", r"\1:***@", text)


def artifacts_of(store: Store) -> str:
    """Where the folder's own database keeps files."""
    return (store.folder.resolve() / ARTIFACTS).as_uri()
