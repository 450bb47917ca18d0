"""An engine and a mirror for tests of what is around them: nothing starts, nobody waits.

That processes of their own do the same is for the tests of engines and of the mirror to show.
"""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Generator, Iterator, Sequence
from typing import Any
from unittest import mock

from asdbench.config.numerics import Numerics
from asdbench.config.said import one_line
from asdbench.engines.engine import Engine
from asdbench.engines.events import CellEvent, CellWork, Done, Epoch, Failed, Started, Task

NUMERICS = Numerics(device="cpu", precision="float32")


def inline_engine(jobs: int = 1) -> Engine:
    """Runs cells in this very process, one after the other."""
    return Engine(NUMERICS, jobs, 1 / jobs, "", _run, lambda: None, lambda: None)


def _run(tasks: Sequence[Task], work: CellWork) -> Generator[CellEvent]:
    for task in tasks:
        task.scratch.mkdir(parents=True, exist_ok=True)
        told: list[tuple[Any, ...]] = []
        yield Started(task.cell)
        try:
            outcome = work(task, lambda *said, told=told: told.append(said))
        except Exception as error:  # noqa: BLE001 - whatever a method raises is a failed cell
            yield Failed(task.cell, one_line(error), traceback.format_exc())
        else:
            yield from (Epoch(task.cell, *said) for said in told)
            yield Done(task.cell, outcome)


class NoMirror:
    """Stands for MLflow where a test is not about it."""

    problem = None

    def __init__(self, *_: Any, **__: Any) -> None: ...

    def _take(self, *_: Any, **__: Any) -> None: ...

    watch = show = finish = close = _take


@contextlib.contextmanager
def inline(*, engine: Engine | None = None, mirrored: bool = False) -> Iterator[None]:
    """Here, ``run`` and ``tune`` run cells in this process, and show them to nobody.

    Unless another engine is given, which is not closed, or MLflow is to see it.
    """
    with contextlib.ExitStack() as patched:
        engine_for = mock.patch("asdbench.engines.engine.engine_for")
        patched.enter_context(engine_for).return_value = engine or inline_engine()
        for module in () if mirrored else ("execution.run", "tuning.tune"):
            patched.enter_context(mock.patch(f"asdbench.{module}.Mirror", NoMirror))
        yield
