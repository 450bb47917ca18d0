"""What tests of tuning share: quick databases, and one study that nobody stopped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from studies import quick_databases, tuned, written


@pytest.fixture(scope="session", autouse=True)
def _quick() -> Iterator[None]:
    with quick_databases():
        yield


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a recipe, a method, and ``whole/``: a study that nobody stopped."""
    folder = written(tmp_path_factory.mktemp("place"))
    (folder / "whole.txt").write_text(tuned(folder, out="whole").report)
    return folder
