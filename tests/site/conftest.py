"""A field of four folders, which tests copy before they change it, and a site of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from field import example

import asdbench
from asdbench.data.clips import Clips


@pytest.fixture(scope="session")
def field(tmp_path_factory: pytest.TempPathFactory, small_clips: Clips) -> list[Path]:
    """``spring``, ``autumn``, ``imports``, ``lab``."""
    return example(tmp_path_factory.mktemp("field"), small_clips)


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
