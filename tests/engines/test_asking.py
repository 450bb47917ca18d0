"""A method is asked for its fields where it can do no harm."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from plugin_files import LOUDNESS, written
from small_jobs import light

from asdbench.config import imports, plugins
from asdbench.config.limits import UNLIMITED, Limits
from asdbench.config.plugins import BrokenPluginError, Plugin
from asdbench.config.selection import told_by
from asdbench.engines import isolation, workers
from asdbench.engines.asking import ask_in
from asdbench.engines.workers import Workers


@pytest.fixture
def crew(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workers]:
    monkeypatch.setattr(workers, "Child", light)
    with closing(Workers()) as crew:
        yield crew


def plugin(folder: Path, first: str = "") -> Plugin:
    """A method whose module begins with a line of its own."""
    file = written(folder / "loudness.py", LOUDNESS)
    file.write_text(f"{first}\n{file.read_text()}")
    return plugins.find(plugins.METHODS, str(file))


def test_one_that_takes_long_is_named_meanwhile(
    crew: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(imports, "SLOW", 0.1)
    mine = plugin(tmp_path, "import time; time.sleep(0.5)")
    ask_in(crew, Limits(seconds=60))(mine, {}, "mine")
    assert f"still importing {mine.file}" in caplog.text


def test_where_nothing_is_limited_this_process_asks(crew: Workers) -> None:
    assert ask_in(crew, UNLIMITED) is told_by


def test_the_answer_is_the_same(crew: Workers, tmp_path: Path) -> None:
    ask, mine = ask_in(crew, Limits(seconds=60)), plugin(tmp_path)
    assert ask(mine, {"sign": 2.0}, "mine") == told_by(mine, {"sign": 2.0}, "mine")
    with pytest.raises(ValueError, match="mine: no field 'sing'; did you mean sign") as caught:
        ask(mine, {"sing": 2.0}, "mine")
    assert not isinstance(caught.value, BrokenPluginError)


@pytest.mark.parametrize(
    ("first", "said"),
    [
        ("import time; time.sleep(100)", "loudness can't be loaded: it was stopped after 1 s"),
        ("import os; os._exit(3)", "can't be loaded: its process ended with exit code 3"),
        ("raise KeyError('odd')", "can't be loaded: KeyError: 'odd'"),
        ("import sys; sys.exit(0)", "can't be loaded: SystemExit: 0"),
    ],
)
def test_a_module_that_does_harm_when_it_is_imported_is_broken(
    crew: Workers, tmp_path: Path, first: str, said: str
) -> None:
    with pytest.raises(BrokenPluginError, match=said):
        ask_in(crew, Limits(seconds=1))(plugin(tmp_path, first), {}, "loudness")


@pytest.mark.skipif(not isolation.version(), reason="this kernel has no Landlock")
def test_an_isolated_module_reads_nothing_when_it_is_imported(
    crew: Workers, tmp_path: Path
) -> None:
    (tmp_path / "labels.csv").write_text("anomalous")
    reading = plugin(tmp_path, f"open({str(tmp_path / 'labels.csv')!r})")
    with pytest.raises(BrokenPluginError, match="can't be loaded: PermissionError"):
        ask_in(crew, Limits(isolated=True))(reading, {}, "loudness")
    assert ask_in(crew, Limits(isolated=True))(plugin(tmp_path), {}, "it")["scope"] == "machine"
