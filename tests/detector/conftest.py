"""One small output folder, and detectors of its rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_detectors import detector, small_store

from asdbench.data.clips import Clips
from asdbench.detector.detector import Detector
from asdbench.results.store import Store


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory, small_clips: Clips) -> Store:
    """The rows knn, autoencoder and id_classifier, two repeats each."""
    return small_store(tmp_path_factory.mktemp("runs") / "small", small_clips)


@pytest.fixture(scope="session")
def knn(tmp_path_factory: pytest.TempPathFactory, store: Store, small_clips: Clips) -> Detector:
    """A detector of knn, with its training clips."""
    return detector(store, small_clips, "knn", tmp_path_factory.mktemp("made") / "knn")


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """Where a test makes a detector."""
    return tmp_path / "detector"
