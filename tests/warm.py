"""Workers of one server for many tests: it loads torch, which takes seconds, only once."""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import cache, partial
from typing import Any
from unittest import mock

from inline import NoMirror

from asdbench.engines.server import Job, Message
from asdbench.engines.workers import Workers


@cache
def _shared() -> Workers:
    workers = Workers()
    atexit.register(workers.close)
    return workers


class WarmWorkers:
    """Stands for ``Workers``: those that are there, each told where it is now."""

    def warm_up(self) -> None:
        _shared().warm_up()

    def run(
        self, jobs: Sequence[Job], work: Callable[..., Any], *, at_once: int
    ) -> Generator[Message]:
        here = [job._replace(scratch=job.scratch.absolute()) for job in jobs]
        placed = partial(_placed, os.getcwd(), list(sys.path), work)
        yield from _shared().run(here, placed, at_once=at_once)

    def close(self) -> None: ...


def _placed(folder: str, path: list[str], work: Callable[..., Any], *arguments: Any) -> Any:
    os.chdir(folder)
    sys.path[:] = path
    return work(*arguments)


@contextlib.contextmanager
def warm(*, mirrored: bool = False) -> Iterator[None]:
    """Here, cells run in workers that are warm, and nobody mirrors them unless it is asked for."""
    with contextlib.ExitStack() as patched:
        for module in ("engines.engine", "execution.contract"):
            patched.enter_context(mock.patch(f"asdbench.{module}.Workers", WarmWorkers))
        if not mirrored:
            patched.enter_context(mock.patch("asdbench.execution.run.Mirror", NoMirror))
            patched.enter_context(
                mock.patch("asdbench.execution.run.up_to_date", return_value=True)
            )
        yield
