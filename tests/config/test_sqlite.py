"""Addresses of databases in folders of any name."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import optuna
import pytest
import sqlalchemy
from mlflow import MlflowClient

from asdbench.config.sqlite import check_database, no_stray_folder, sqlite_path, sqlite_url


@pytest.mark.parametrize(
    "name", ["demo", "q?1", "a#b", "100 % of it", "o'brien", "ä [x] %3F", "a&b=c"]
)
def test_a_database_is_where_its_path_says_and_nowhere_else(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    url = sqlite_url(folder / "study.db")
    assert sqlite_path(url) == folder / "study.db"
    optuna.create_study(storage=url, study_name="ours")
    assert [path.name for path in folder.iterdir()] == ["study.db"]
    assert [path.name for path in tmp_path.iterdir()] == [name]
    engine = sqlalchemy.create_engine(url)
    assert "studies" in sqlalchemy.inspect(engine).get_table_names()
    engine.dispose()


def test_other_addresses_are_no_file() -> None:
    assert sqlite_path("http://127.0.0.1:5000") is None
    assert sqlite_path("sqlite:////o/mlflow.db") == Path("/o/mlflow.db")
    assert sqlite_path("sqlite:////o/mlflow.db?timeout=5") == Path("/o/mlflow.db")


def test_no_folder_is_left_that_is_called_as_an_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a%b").mkdir()
    url = sqlite_url(tmp_path / "a%b" / "x.db")
    with no_stray_folder(url):
        MlflowClient(url).search_experiments(max_results=1)
        assert (tmp_path / "file:").exists(), "MLflow makes none any more"
    assert [path.name for path in tmp_path.iterdir()] == ["a%b"]
    assert (tmp_path / "a%b" / "x.db").exists()


def test_a_file_that_is_no_database_is_named_and_a_locked_one_is_none_of_them(
    tmp_path: Path,
) -> None:
    path = tmp_path / "study.db"
    path.write_text("somebody's notes " * 9)
    with pytest.raises(ValueError, match=rf"^{path}: file is not a database; move it away$"):
        check_database(path, "move it away")
    path.unlink()
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE t (a)")
        database.execute("BEGIN EXCLUSIVE")
        check_database(path, "move it away")
