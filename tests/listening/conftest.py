"""A small output folder with its page of clips, and a browser that looks at it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from board_page import Page
from browsers import opened, watched
from inline import inline

import asdbench

RECIPE = """\
repeats = 2

[dataset]
name = "synthetic"
machines = ["fan", "valve"]
subsets = ["development"]
seconds = 1.0
train = 6
test_normal = 6
test_anomalous = 9

[variants.far]
method = "knn"
k = 3
"""


@pytest.fixture(scope="session")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rows knn and far, two repeats each on six machine IDs, and their clips."""
    place = tmp_path_factory.mktemp("listening")
    (place / "small.toml").write_text(RECIPE)
    with contextlib.chdir(place), inline():
        asdbench.run("small.toml", methods=["knn", "far"], out="out")
    asdbench.make_clips(place / "out", each=2)
    return place / "out"


@pytest.fixture(scope="session")
def window(out: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with opened(out, tmp_path_factory.mktemp("profile")) as page:
        yield page


@pytest.fixture
def page(window: Page) -> Iterator[Page]:
    with watched(window) as page:
        yield page
