"""Plugins that are installed for one test."""

from __future__ import annotations

from pathlib import Path

import pytest
from plugin_files import Install, installed_in

from asdbench.config.plugins import METHODS


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """``installed("named", source)``: a method of this name, until the test's end."""

    def install(name: str, source: str, *, entry: str | None = None, group: str = METHODS) -> None:
        line = entry or f"{name} = {{module}}"
        installed_in(tmp_path, name, source, entry=line, group=group)

    monkeypatch.syspath_prepend(tmp_path)
    return install
