"""Markdown is drawn on a terminal, and goes into a pipe as it is."""

from __future__ import annotations

import re
import sys

import pytest

from asdbench.cli.words import at_words, document, size

TEXT = """# knn: tuned

| field | default |
|---|---|
| k | 1 |

Run it beside the default:

    asdbench run runs/a-name-that-is-long/tuned/knn.toml --methods knn,knn-tuned --out runs/demo
"""


@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_terminal_gets_tables_and_commands_that_can_be_pasted(
    width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    document(TEXT)
    drawn = re.sub(r"\x1b\[[\d;]*m", "", capsys.readouterr().out).splitlines()
    command = TEXT.splitlines()[-1].strip()
    assert [line.strip() for line in drawn if "asdbench" in line] == [command]
    assert not any(mark in "".join(drawn) for mark in ("#", "|"))
    assert max(len(line) for line in drawn if command not in line) <= width


def test_a_pipe_gets_the_text(capsys: pytest.CaptureFixture[str]) -> None:
    document(TEXT)
    assert capsys.readouterr().out == TEXT


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 kB"), (120_000, "120 kB"), (999.9e6, "1 GB"), (2e12, "2 TB"), (5e10, "50 GB")],
)
def test_a_size_has_no_exponent(count: float, said: str) -> None:
    assert size(count) == said


def test_a_line_is_broken_between_words_on_a_terminal_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line = "id_classifier-margin-1-projection: the time is not known before its first epochs"
    assert at_words(line) == line
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "30")
    assert "id_classifier-margin-1-projection:" in at_words(line).splitlines()
    assert at_words(line).split() == line.split()
