"""The commands and scripts of each page run, from top to bottom, in what its reader has."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

import pytest
from documents import PAGES, ROOT, RUN, blocks
from inline import inline
from played import play, smaller

import asdbench
from asdbench.data.synthetic.dataset import Synthetic
from asdbench.data.synthetic.write import write_wavs

# What a page takes to be there, from pages before it.
GIVEN = {
    "README.md": ["my_data", "new_recordings"],
    "docs/board-for-the-field.md": ["runs/demo"],
    "docs/data.md": ["my_data"],
    "docs/leaderboards.md": ["my_data", "runs/demo"],
    "docs/methods.md": ["my_data"],
    "docs/other-systems.md": ["my_data", "my_scores", "runs/demo"],
}
ELSEWHERE = {
    "docs/python.md": "tests/test_docs.py",
    "docs/use-the-winner.md": "tests/test_use_the_winner.py",
}

CLIPS = Synthetic(("fan",), ("development",), 1.0, train=4, test_normal=3, test_anomalous=3)


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


HERE = [page for page in PAGES if blocks(*RUN, of=page) and _name(page) not in ELSEWHERE]


@pytest.fixture(scope="module")
def larder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All that pages take to be there."""
    folder = tmp_path_factory.mktemp("larder")
    with inline(), smaller(), contextlib.chdir(folder):
        asdbench.run("demo")
        asdbench.export_scores("runs/demo", rows=["knn"])
        write_wavs(CLIPS, folder / "my_data")
    shutil.copytree(folder / "runs/demo/export/knn", folder / "my_scores")
    shutil.copytree(folder / "my_data/dev_data/fan/test", folder / "new_recordings/fan")
    return folder


@pytest.mark.parametrize("page", HERE, ids=_name)
def test_a_page_runs_from_top_to_bottom(page: Path, larder: Path, tmp_path: Path) -> None:
    for given in GIVEN.get(_name(page), []):
        shutil.copytree(larder / given, tmp_path / given)
    play(page, tmp_path)


@pytest.mark.parametrize("page", ELSEWHERE)
def test_what_isn_t_run_here_is_run_elsewhere(page: str) -> None:
    assert page.removeprefix("docs/") in (ROOT / ELSEWHERE[page]).read_text()
