"""Which folder an output folder is, wherever it lies, and where its copy in MLflow is."""

from __future__ import annotations

import json
import platform
import shutil
import sqlite3
from collections import Counter
from pathlib import Path

import pytest
from mirrors import newborn, runs_of
from mlflow import MlflowClient

from asdbench.results.build import board
from asdbench.results.files import write_boards
from asdbench.results.store import Store
from asdbench.tracking import place
from asdbench.tracking.place import (
    folder_name,
    follow,
    is_remote,
    local_uri,
    refuse_folder,
    refuse_no_file,
    uri_of,
    without_password,
)
from asdbench.tracking.runs import Runs
from asdbench.tracking.tables import MACHINE_IDS


def mirror(store: Store, uri: str | None = None) -> None:
    made = board(store)
    write_boards(store, made)
    Runs(store, uri or local_uri(store), folder_name(store), lambda: None).write([made])


def test_the_mirror_is_in_the_folder_unless_the_environment_names_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path / "o")
    assert uri_of(store) == local_uri(store) == f"sqlite:///{tmp_path}/o/mlflow.db"
    assert not is_remote(uri_of(store))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://my-server:5000")
    assert uri_of(store) == "http://my-server:5000"
    assert is_remote(uri_of(store))


@pytest.mark.parametrize("uri", ["./mlruns", "/srv/mlruns", "file:///srv/mlruns"])
def test_mlflows_files_of_before_are_refused_with_a_way_out(uri: str) -> None:
    with pytest.raises(ValueError, match=r"is a folder.*sqlite:///mlflow\.db .* or unset it"):
        refuse_folder(uri)


@pytest.mark.parametrize("uri", ["sqlite:///", "sqlite://", "sqlite:///:memory:"])
def test_an_address_without_a_file_is_refused_with_a_way_out(uri: str) -> None:
    with pytest.raises(ValueError, match=rf"^{uri} names no file; set MLFLOW_TRACKING_URI to "):
        refuse_no_file(uri)


@pytest.mark.parametrize("uri", ["sqlite:///mlflow.db", "http://here:5000", "databricks"])
def test_what_isnt_a_folder_is_mlflows_own_business(uri: str) -> None:
    refuse_folder(uri)
    refuse_no_file(uri)


def test_a_folder_keeps_its_id_where_it_is_and_where_it_is_moved(tmp_path: Path) -> None:
    (tmp_path / "o").mkdir()
    first = folder_name(Store(tmp_path / "o"))
    assert folder_name(Store(tmp_path / "o")) == first
    assert first.place.endswith(f":{tmp_path}/o")
    (tmp_path / "o").rename(tmp_path / "p")
    moved = folder_name(Store(tmp_path / "p"))
    assert moved.id == first.id
    assert moved.place.endswith(f":{tmp_path}/p")
    (tmp_path / "p").rename(tmp_path / "o")
    assert folder_name(Store(tmp_path / "o")) == first


def test_a_copy_has_an_id_of_its_own_and_the_original_keeps_its(tmp_path: Path) -> None:
    (tmp_path / "o").mkdir()
    first = folder_name(Store(tmp_path / "o"))
    names = {first.id}
    for copy in ("copy", "second"):
        shutil.copytree(tmp_path / "o", tmp_path / copy)
        names.add(folder_name(Store(tmp_path / copy)).id)
        assert folder_name(Store(tmp_path / "o")) == first
    assert len(names) == 3
    shutil.copytree(tmp_path / "copy", tmp_path / "third")
    shutil.rmtree(tmp_path / "copy")  # then the copy is what was moved
    assert folder_name(Store(tmp_path / "third")).id in names


def test_another_folder_at_the_old_place_is_no_original(tmp_path: Path) -> None:
    (tmp_path / "o").mkdir()
    first = folder_name(Store(tmp_path / "o"))
    (tmp_path / "o").rename(tmp_path / "p")
    (tmp_path / "o").mkdir()
    assert folder_name(Store(tmp_path / "o")).id != first.id
    assert folder_name(Store(tmp_path / "p")).id == first.id


def test_whether_the_original_is_there_is_known_on_its_own_computer_only(tmp_path: Path) -> None:
    (tmp_path / "o").mkdir()
    known = {"id": "0123", "place": f"some-other-host:{tmp_path}/o"}
    for folder in ("o", "p"):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "folder.json").write_text(json.dumps(known))
    assert folder_name(Store(tmp_path / "p")).id == "0123"


@pytest.mark.parametrize("there", ["elsewhere", "o'brien's/100 % of it"])
def test_a_folder_that_was_moved_is_there_once_with_all_its_artifacts(
    here: Path, tmp_path: Path, there: str
) -> None:
    mirror(Store(here / "o"))
    before, children, _ = runs_of(Store(here / "o"))
    (here / there).parent.mkdir(exist_ok=True)
    (here / "o").rename(here / there)
    newborn()
    moved = Store(here / there)
    mirror(moved)
    parents, again, client = runs_of(moved)
    assert {run.info.run_id for run in again} == {run.info.run_id for run in children}
    assert set(parents) == {"curved", "knn"}
    for label, run in parents.items():
        assert run.info.run_id == before[label].info.run_id
        assert run.data.tags["asdbench.folder"].endswith(f":{moved.folder.resolve()}")
        assert_readable(client, run.info.run_id, MACHINE_IDS, tmp_path)
    for child in again:
        assert child.data.tags["asdbench.folder"].endswith(f":{moved.folder.resolve()}")
        assert_readable(client, child.info.run_id, "scores/fan/scores.csv", tmp_path)
    assert not (here / "o").exists()  # nothing of it is made again at the old place


def assert_readable(client: MlflowClient, run: str, path: str, folder: Path) -> None:
    assert path in {file.path for file in client.list_artifacts(run, str(Path(path).parent))}
    read = client.download_artifacts(run, path, str(folder / "read"))
    assert Path(read).read_text()
    shutil.rmtree(folder / "read")


def test_a_copy_of_a_folder_has_artifacts_of_its_own(here: Path, tmp_path: Path) -> None:
    mirror(Store(here / "o"))
    shutil.copytree(here / "o", here / "copy")
    newborn()
    mirror(Store(here / "copy"))
    shutil.rmtree(here / "o")
    parents, children, client = runs_of(Store(here / "copy"))
    assert (len(parents), len(children)) == (2, 4)
    for run in children:
        assert_readable(client, run.info.run_id, "scores/fan/scores.csv", tmp_path)


def test_a_copy_in_one_store_with_its_original_has_rows_of_its_own(
    here: Path, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And where one of them is moved afterwards, it is still no third."""
    monkeypatch.chdir(here)  # where MLflow puts files that have no place of their own
    uri = f"sqlite:///{shutil.copy(database, here / 'shared.db')}"
    (here / "o" / "rows" / "curved.json").unlink()
    mirror(Store(here / "o"), uri)
    shutil.copytree(here / "o", here / "copy")
    mirror(Store(here / "copy"), uri)
    (here / "copy").rename(here / "moved")
    for folder in ("o", "moved"):
        mirror(Store(here / folder), uri)
    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name("demo-data")
    runs = client.search_runs([experiment.experiment_id])
    found = Counter((run.data.tags["asdbench.folder"], run.info.run_name) for run in runs)
    assert found == {
        (f"{platform.node()}:{here / folder}", name): 1
        for folder in ("o", "moved")
        for name in ("leaderboard", "knn", "knn repeat 0", "knn repeat 1")
    }


@pytest.mark.parametrize("content", ["nothing", "no tables", "other tables"])
def test_a_database_that_mlflow_had_no_time_to_fill_is_none(tmp_path: Path, content: str) -> None:
    """The run that made it was killed; the next one, at another place, is no worse for it."""
    file = tmp_path / "mlflow.db"
    if content == "nothing":
        file.touch()
    else:
        database = sqlite3.connect(file)
        database.execute("CREATE TABLE alembic_version (version_num TEXT)")
        if content == "no tables":
            database.execute("DROP TABLE alembic_version")
        database.commit()
        database.close()
    follow(Store(tmp_path))
    follow(Store(tmp_path / "where there is no database"))


def test_what_is_not_of_the_folder_stays_where_it_is(tmp_path: Path) -> None:
    """Experiments that somebody added by hand keep their artifacts elsewhere."""
    database = sqlite3.connect(tmp_path / "mlflow.db")
    database.execute("CREATE TABLE experiments (artifact_location TEXT)")
    database.execute("CREATE TABLE runs (artifact_uri TEXT)")
    places = ["s3://bucket/art", "/old/mlartifacts", "file:///old/o/mlartifacts"]
    for location in places:
        database.execute("INSERT INTO experiments VALUES (?)", (location,))
        database.execute("INSERT INTO runs VALUES (?)", (f"{location}/1/artifacts",))
    database.commit()
    follow(Store(tmp_path))
    new = f"file://{tmp_path}/{place.ARTIFACTS}"
    found = [row[0] for row in database.execute("SELECT artifact_location FROM experiments")]
    assert found == ["s3://bucket/art", new, new]
    found = [row[0] for row in database.execute("SELECT artifact_uri FROM runs")]
    assert found == [f"{location}/1/artifacts" for location in ("s3://bucket/art", new, new)]
    database.close()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://me:secret@host:5000/x", "http://me:***@host:5000/x"),
        ("postgresql+psycopg2://me:s%40t@db/mlflow", "postgresql+psycopg2://me:***@db/mlflow"),
        ("no answer of http://me:secret@host, twice", "no answer of http://me:***@host, twice"),
        ("http://host:5000/a@b", "http://host:5000/a@b"),
        ("sqlite:////runs/a:b@c/mlflow.db", "sqlite:////runs/a:b@c/mlflow.db"),
    ],
)
def test_no_password_is_shown(text: str, shown: str) -> None:
    assert without_password(text) == shown
