"""Others' code, imported without a trace."""

from __future__ import annotations

import logging
import os
import sys
import threading
import warnings
from pathlib import Path

import pytest
from plugin_files import written

from asdbench.config.imports import LOGGERS, imported, undisturbed

NOISY = f"""
    import logging, os, warnings
    os.environ["SET_BY_NOISY"] = "1"
    os.environ["CHANGED_BY_NOISY"] = "theirs"
    os.environ.pop("REMOVED_BY_NOISY", None)
    warnings.simplefilter("error")
    for name in {LOGGERS}:
        logging.getLogger(name).setLevel(logging.CRITICAL)
"""


@pytest.fixture
def noisy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a module that changes all around it while it is imported."""
    name = f"noisy_of_{tmp_path.name}"
    written(tmp_path / f"{name}.py", NOISY)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("CHANGED_BY_NOISY", "ours")
    monkeypatch.setenv("REMOVED_BY_NOISY", "ours")
    return name


def state() -> tuple[object, ...]:
    levels = {name: logging.getLogger(name).level for name in LOGGERS}
    return dict(os.environ), list(warnings.filters), levels


def test_environment_warning_filters_and_log_levels_are_left_alone(noisy: str) -> None:
    before = state()
    module = imported(noisy)
    assert state() == before
    assert module is sys.modules[noisy]
    assert imported(noisy) is module


def test_they_are_left_alone_where_the_import_fails(noisy: str, tmp_path: Path) -> None:
    with (tmp_path / f"{noisy}.py").open("a") as file:
        file.write("raise RuntimeError('no such device')\n")
    before = state()
    with pytest.raises(RuntimeError, match="no such device"):
        imported(noisy)
    assert state() == before
    assert "SET_BY_NOISY" not in os.environ


def test_one_thread_at_a_time_and_again_within_it() -> None:
    inside = threading.Event()

    def enter() -> None:
        with undisturbed():
            inside.set()

    other = threading.Thread(target=enter, daemon=True)
    with undisturbed(), undisturbed():
        other.start()
        assert not inside.wait(0.05)
    assert inside.wait(10)
    other.join(10)
