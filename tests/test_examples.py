"""The examples in the docstrings of what the front door offers run as they stand."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest
from inline import inline

import asdbench

VERBS = ["run", "tune", "check", "load_board", "render", "import_scores", "export_scores", "serve"]
OF_SITES = ["make_submission", "check_submission", "write_site"]
OF_DETECTORS = ["make_detector", "load_detector", "fit_detector", "Detector"]
PARTS = ["derive", "tunable", "Method", "Context", "Clips", "Dataset", "FileSource", "Generated"]


def _examples() -> list[doctest.DocTest]:
    finder = doctest.DocTestFinder()
    named = {name: getattr(asdbench, name) for name in VERBS + OF_SITES + OF_DETECTORS + PARTS}
    named["scores_frame"] = asdbench.load_board.__globals__["Leaderboard"].scores_frame
    found = [test for name, verb in named.items() for test in finder.find(verb, name)]
    return [test for test in found if test.examples]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all examples run: what one has run, the others find."""
    return tmp_path_factory.mktemp("examples")


@pytest.mark.parametrize("example", _examples(), ids=lambda example: example.name)
def test_an_example_shows_what_it_says(
    example: doctest.DocTest, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    runner = doctest.DocTestRunner(verbose=False)
    said: list[str] = []
    with inline():
        outcome = runner.run(example, out=said.append, clear_globs=True)
    assert outcome.failed == 0, "".join(said)
    assert outcome.attempted > 0


@pytest.mark.parametrize("name", [*asdbench.__all__])
def test_every_public_name_says_what_it_is(name: str) -> None:
    if name != "Scope":  # an alias of strings
        assert (getattr(asdbench, name).__doc__ or "").strip()
