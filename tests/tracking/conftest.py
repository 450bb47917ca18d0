"""What tests of the mirror share: an output folder, an empty database, a server."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile
from mirrors import TrackingServer, empty_database, ran
from recorded import recordings
from studies import quick_databases

from asdbench.results.store import Store


@pytest.fixture(scope="session", autouse=True)
def _quick() -> Iterator[None]:
    with quick_databases():
        yield


@pytest.fixture(autouse=True)
def _no_server_of_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database of MLflow's, to be copied: making its tables takes seconds."""
    return empty_database(tmp_path_factory)


@pytest.fixture(scope="session")
def run_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``data/``, and ``o/``: two rows of two repeats on two machine types, nothing in MLflow."""
    folder = tmp_path_factory.mktemp("run")
    for clip, source, *_ in recordings(train=3, test=2):
        path = folder / "data" / "dev_data" / clip.machine / clip.split / str(clip.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, *source.read(), subtype="PCM_16")
    ran(folder)
    return folder


@pytest.fixture
def here(run_once: Path, tmp_path: Path, database: Path) -> Path:
    """A folder with ``data/`` and ``o/`` in it, and an empty database in that."""
    shutil.copytree(run_once, tmp_path, dirs_exist_ok=True)
    shutil.copy(database, tmp_path / "o" / "mlflow.db")
    return tmp_path


@pytest.fixture
def store(here: Path) -> Store:
    """Results that MLflow knows nothing of yet."""
    return Store(here / "o")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, database: Path) -> Iterator[TrackingServer]:
    """A tracking server that several folders share."""
    folder = tmp_path_factory.mktemp("server")
    shutil.copy(database, folder / "mlflow.db")
    found = TrackingServer(folder)
    yield found
    found.close()
