"""A complete submission, which tests copy before they spoil it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def lab(field: list[Path], tmp_path: Path) -> Path:
    """The submission, to be changed."""
    return Path(shutil.copytree(field[3], tmp_path / "lab"))


@pytest.fixture
def copied(field: list[Path], tmp_path: Path) -> Callable[[str], Path]:
    """Copies a folder of the field, to be changed: ``copied("spring")``."""
    return lambda name: Path(shutil.copytree(field[0].parent / name, tmp_path / name))
