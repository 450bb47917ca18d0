"""Cells in processes of this machine."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from asdbench.config.limits import UNLIMITED, Limits
from asdbench.engines.events import CellEvent, CellWork, Done, Epoch, Failed, Lost, Started, Task
from asdbench.engines.isolation import shut_in_cell
from asdbench.engines.job import Job
from asdbench.engines.vetting import vetted
from asdbench.engines.workers import Workers


def in_processes(
    workers: Workers,
    tasks: Sequence[Task],
    work: CellWork,
    *,
    jobs: int,
    limits: Limits = UNLIMITED,
) -> Generator[CellEvent]:
    """Run ``work`` on every task, ``jobs`` at a time, each in a process; yields what happens.

    Closing the iterator kills what still runs.
    """
    for task in tasks:
        task.scratch.mkdir(parents=True, exist_ok=True)
    first = shut_in_cell if limits.isolated else None
    every = [Job(task, task.scratch, limits, first) for task in tasks]
    for place, kind, content in workers.run(every, work, at_once=jobs):
        cell = tasks[place].cell
        if limits.isolated:
            kind, content = vetted(kind, content, tasks[place])
        if kind == "started":
            yield Started(cell)
        elif kind == "said":
            yield Epoch(cell, *content)
        elif kind == "done":
            yield Done(cell, content)
        elif kind == "lost":
            yield Lost(cell, content[0])
        else:
            yield Failed(cell, *content)
