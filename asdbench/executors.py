"""Run cells and say what happens: processes on this machine.

Each cell is a process of its own, forked from a server that has torch loaded already, so a cell
that dies, hangs or leaks hurts nobody, and it ends when the driver does.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from asdbench.plan import Cell
from asdbench.store import Outcome

PRELOADED = ["asdbench.preload"]
MALLOC = {
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": "8000000000",
    "MALLOC_TOP_PAD_": "67108864",
}


@dataclass(frozen=True)
class Started:
    """A cell began."""

    cell: Cell


@dataclass(frozen=True)
class Epoch:
    """A cell finished an epoch; ``done`` is the share of its fit that is behind."""

    cell: Cell
    stage: str
    epoch: int
    done: float
    figures: Mapping[str, float]


@dataclass(frozen=True)
class Done:
    """A cell has its scores."""

    cell: Cell
    outcome: Outcome


@dataclass(frozen=True)
class Failed:
    """A cell raised or died; ``reason`` is one line, ``text`` all that is known."""

    cell: Cell
    reason: str
    text: str


@dataclass(frozen=True)
class Lost:
    """The machine that a cell ran on is gone, or the worker there; it will start again."""

    cell: Cell
    reason: str


Event = Started | Epoch | Done | Failed | Lost
Emit = Callable[[str, int, float, Mapping[str, float]], None]


@dataclass(frozen=True)
class Task:
    """A cell and all that a worker needs to run it; it is pickled, so it holds no open files."""

    cell: Cell
    plugin: Any
    train: Any
    test: Any
    scratch: Path
    stages: Path
    gpu_share: float = 1.0  # of a GPU's memory, if it computes on one


Work = Callable[[Task, Emit], Outcome]


def processes(tasks: Sequence[Task], work: Work, *, jobs: int) -> Generator[Event]:
    """Run ``work`` on every task, ``jobs`` at a time, each in a process; yields what happens.

    Closing the iterator kills what still runs.
    """
    context = _context()
    warm_up()
    waiting = list(reversed(tasks))
    running: dict[Connection, tuple[Task, BaseProcess]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                task = waiting.pop()
                task.scratch.mkdir(parents=True, exist_ok=True)
                ours, theirs = context.Pipe()
                process = context.Process(target=_child, args=(theirs, work, task))
                process.start()
                theirs.close()
                running[ours] = (task, process)
                yield Started(task.cell)
            for connection in wait(list(running)):
                assert isinstance(connection, Connection)
                task, worker = running[connection]
                try:
                    kind, content = connection.recv()
                except Exception:  # noqa: BLE001 - half a message, or one that can't be read
                    worker.kill()
                    kind, content = "died", None
                if kind == "epoch":
                    yield Epoch(task.cell, *content)
                    continue
                worker.join()
                connection.close()
                del running[connection]
                if kind == "done":
                    yield Done(task.cell, content)
                elif kind == "failed":
                    yield Failed(task.cell, *content)
                else:
                    yield _death(task, worker.exitcode)
    finally:
        for connection, (_, worker) in running.items():
            worker.kill()
            worker.join()
            connection.close()


def _context() -> ForkServerContext | SpawnContext:
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


def warm_up() -> None:
    """Start the server that workers are forked from, which loads torch meanwhile.

    It ignores Ctrl-C from its first moment on, which is the driver's to handle, and is told to
    reuse freed memory rather than to give it back after every tensor (glibc; measured: a third to
    a half more clips a second in training at the paper's size).
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return
    from multiprocessing import forkserver

    _context()
    # Without the safe path, it would find a checkout in the working folder before the installed
    # package. What is set already, a user has set.
    started_with = {**MALLOC, **os.environ, "PYTHONSAFEPATH": "1"}
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with environment(started_with):
            forkserver.ensure_running()
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """These environment variables too, for what is started meanwhile."""
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        for name in variables.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)


def _child(connection: Connection, work: Work, task: Task) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the driver's to handle
    threading.Thread(target=_end_with_driver, args=(connection,), daemon=True).start()
    _write_output_to(task.scratch / "output.txt")

    def emit(stage: str, epoch: int, done: float, figures: Mapping[str, float]) -> None:
        connection.send(("epoch", (stage, epoch, done, dict(figures))))

    try:
        message: tuple[str, Any] = ("done", work(task, emit))
    except BaseException as error:  # noqa: BLE001 - whatever a method raises is a failed cell
        message = ("failed", (one_line(error), traceback.format_exc()))
    with contextlib.suppress(BrokenPipeError):
        connection.send(message)
    connection.close()
    os._exit(0)  # whatever threads a method left behind


def _end_with_driver(connection: Connection) -> None:
    """Leave when the driver's end of the pipe closes, however the driver ended."""
    with contextlib.suppress(OSError):
        wait([connection])
    os._exit(1)


def _write_output_to(path: Path) -> None:
    """What a method prints goes to a file instead of through the progress bar."""
    with open(path, "ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)


def _death(task: Task, exitcode: int | None) -> Failed:
    how = f"exit code {exitcode}"
    if exitcode is not None and exitcode < 0:
        how = signal.Signals(-exitcode).name
    output = task.scratch / "output.txt"
    said = output.read_text(errors="replace")[-4000:] if output.exists() else ""
    hint = "; the system may have run out of memory" if how == "SIGKILL" else ""
    return Failed(task.cell, f"its process ended with {how}{hint}", said)


def one_line(error: BaseException) -> str:
    """What an error says, as one line; the kind of all that isn't a user's."""
    text = " ".join(str(error).split())
    return text if isinstance(error, ValueError) else f"{type(error).__name__}: {text}"
