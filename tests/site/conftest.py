"""A site of the field, whose folders tests copy before they change them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import asdbench


@pytest.fixture(scope="session")
def site(field: list[Path]) -> Path:
    """The site of the field."""
    done = asdbench.write_site(field, to=field[0].parent / "site")
    assert (done.faults, done.twice) == ([], [])
    return done.folder


@pytest.fixture
def copied(field: list[Path], tmp_path: Path) -> Callable[..., Path]:
    """Copies a folder of the field, to be changed: ``copied("spring", to="other")``."""

    def copy(name: str, to: str = "") -> Path:
        return Path(shutil.copytree(field[0].parent / name, tmp_path / (to or name)))

    return copy
