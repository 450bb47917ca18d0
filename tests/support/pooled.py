"""Workers whose servers are started once for many runs: they load torch, which takes seconds."""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Callable, Generator, Sequence
from functools import partial
from typing import Any

from asdbench.engines.job import Job
from asdbench.engines.server import Message
from asdbench.engines.workers import Workers

_idle: list[Workers] = []


class PooledWorkers:
    """Stands for ``Workers``: some that nobody uses now, told where they are."""

    def __init__(self) -> None:
        self._lent: Workers | None = None

    def warm_up(self) -> None:
        if self._lent is None:
            self._lent = _idle.pop() if _idle else _started()
        self._lent.warm_up()

    def run(
        self, jobs: Sequence[Job], work: Callable[..., Any], *, at_once: int
    ) -> Generator[Message]:
        self.warm_up()
        assert self._lent is not None
        here = [job._replace(scratch=job.scratch.absolute()) for job in jobs]
        placed = partial(_placed, os.getcwd(), list(sys.path), work)
        yield from self._lent.run(here, placed, at_once=at_once)

    def close(self) -> None:
        if self._lent is not None:
            _idle.append(self._lent)
        self._lent = None


def _started() -> Workers:
    workers = Workers()
    atexit.register(workers.close)
    return workers


def _placed(folder: str, path: list[str], work: Callable[..., Any], *arguments: Any) -> Any:
    os.chdir(folder)
    sys.path[:] = path
    return work(*arguments)
