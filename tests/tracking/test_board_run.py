"""The leaderboard itself as a run, on a real store."""

from __future__ import annotations

from pathlib import Path

from mirrors import runs_of
from mlflow import MlflowClient

from asdbench.results.build import board
from asdbench.results.files import write_boards
from asdbench.results.store import Store
from asdbench.tracking import board_run
from asdbench.tracking.client import Client
from asdbench.tracking.found import Found
from asdbench.tracking.place import FolderName, local_uri

NAME = FolderName("0123", "here:/o")


def written(store: Store, name: FolderName = NAME) -> tuple[str, MlflowClient]:
    client = Client(store, local_uri(store), "demo-data", lambda: None)
    run = board_run.write(client, store, Found(client, store, name), board(store))
    return run, MlflowClient(local_uri(store))


def boards(client: MlflowClient) -> list[str]:
    experiment = client.get_experiment_by_name("demo-data").experiment_id
    found = client.search_runs([experiment], f"tags.`{board_run.TAG}` != ''")
    return [run.info.run_id for run in found]


def test_it_has_the_page_and_a_box_of_the_repeats(store: Store) -> None:
    write_boards(store, board(store))
    run, client = written(store)
    files = {file.path for file in client.list_artifacts(run)}
    assert {"leaderboard.html", "leaderboard.md", "plots", "images"} <= files
    page = Path(client.download_artifacts(run, "leaderboard.html"))
    assert page.read_bytes() == (store.folder / "leaderboard.html").read_bytes()
    images = [file.path for file in client.list_artifacts(run, "images")]
    assert any(path.endswith(".png") and "repeats by method" in path for path in images)
    assert client.get_run(run).info.status == "FINISHED"
    assert "leaderboard" not in runs_of(store)[0]


def test_it_is_made_anew_when_it_shows_another_board_and_only_then(store: Store) -> None:
    write_boards(store, board(store))
    first, client = written(store)
    assert written(store)[0] == first
    (store.folder / "leaderboard.html").write_text("another page")
    second, _ = written(store)
    assert second != first
    assert boards(client) == [second]
    third, _ = written(store, FolderName("0123", "there:/p"))
    assert third != second
    assert client.get_run(third).data.tags["asdbench.folder"] == "there:/p"


def test_each_folder_has_its_own_and_a_page_that_is_missing_is_no_trouble(store: Store) -> None:
    (store.folder / "leaderboard.html").unlink(missing_ok=True)
    first, client = written(store)
    second, _ = written(store, FolderName("4567", "here:/other"))
    assert sorted(boards(client)) == sorted([first, second])
