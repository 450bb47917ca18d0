"""Runs whose cells are processes, of servers that other tests have started already."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from unittest import mock

from inline import NoMirror
from pooled import PooledWorkers


@contextlib.contextmanager
def warm() -> Iterator[None]:
    """Here, nobody waits for torch to be loaded, and nobody mirrors what is run."""
    with contextlib.ExitStack() as patched:
        for module in ("engines.engine", "execution.contract"):
            patched.enter_context(mock.patch(f"asdbench.{module}.Workers", PooledWorkers))
        patched.enter_context(mock.patch("asdbench.execution.run.Mirror", NoMirror))
        patched.enter_context(mock.patch("asdbench.execution.run.up_to_date", return_value=True))
        yield
