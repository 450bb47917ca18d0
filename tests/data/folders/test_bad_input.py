"""Every kind of bad input: a run says what the page says, and ``describe`` says what a run does."""

from __future__ import annotations

from pathlib import Path

import pytest
from bad_input import BadInput, described, seen, whole
from bad_input_table import KINDS, documented, line, made

EVERY = [kind for kinds in KINDS.values() for kind in kinds]


def test_whole_recordings_are_used_without_a_word(tmp_path: Path) -> None:
    assert seen(whole(tmp_path / "my_data"), tmp_path / "o") == ("uses it", "")


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.what)
def test_what_comes_of_it_is_what_the_page_says(kind: BadInput, tmp_path: Path) -> None:
    """Where this fails and the words are right: python tests/support/bad_input_table.py"""
    folder = made(kind, tmp_path)
    found = seen(folder, tmp_path / "o")
    assert documented()[kind.what] == line(kind, found)
    assert described(folder) == found


def test_the_page_has_no_other_lines_and_they_are_many() -> None:
    assert list(documented()) == [kind.what for kind in EVERY]
    assert len(EVERY) >= 40
