"""The server that workers are forked from: it has torch loaded, so none of them waits for it.

It does one batch of jobs after the other. Each job is a process of its own, so that one that dies,
hangs or leaks hurts nobody; it ends when the server does, and the server when its driver does.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import threading
import traceback
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, NamedTuple

from asdbench.engines.child import importing


class Job(NamedTuple):
    """What one worker has to do, and a folder for what it prints."""

    argument: Any
    scratch: Path


class Message(NamedTuple):
    """What happened to a job, by its place: "started", "said", "done", "failed", or "died".

    "refused" is for the whole batch, which can't be read here.
    """

    place: int
    kind: str
    content: Any


Work = Callable[[Any, Callable[..., None]], Any]  # (argument, say) -> result
LAST = None  # after a batch's last message


def serve(driver: Connection) -> None:
    """Load what workers need, then run what comes through the pipe until it closes."""
    with importing():
        from asdbench.engines import preload  # noqa: F401

    with contextlib.suppress(EOFError, OSError):
        while True:
            sent = driver.recv_bytes()
            try:
                jobs, work, at_once = pickle.loads(sent)
            except Exception as error:  # noqa: BLE001 - whatever an import may raise
                driver.send(Message(0, "refused", (one_line(error), traceback.format_exc())))
            else:
                _Batch(driver, jobs, work, at_once).run()
            driver.send(LAST)


class _Batch:
    """Some jobs, at most ``at_once`` at a time."""

    def __init__(self, driver: Connection, jobs: Sequence[Job], work: Work, at_once: int) -> None:
        self._driver, self._jobs, self._work, self._at_once = driver, jobs, work, at_once
        self._running: dict[Connection, tuple[int, BaseProcess]] = {}

    def run(self) -> None:
        """Run them all. Raises ``EOFError`` when the driver is gone; no worker is left then."""
        waiting = list(reversed(range(len(self._jobs))))
        try:
            while waiting or self._running:
                while waiting and len(self._running) < self._at_once:
                    self._start(waiting.pop())
                for connection in wait([self._driver, *self._running]):
                    if connection is self._driver:
                        raise EOFError
                    assert isinstance(connection, Connection)
                    self._listen(connection)
        finally:
            for connection, (_, worker) in self._running.items():
                worker.kill()
                worker.join()
                connection.close()

    def _start(self, place: int) -> None:
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe()
        inherited = [self._driver, ours, *self._running]
        arguments = (theirs, inherited, self._work, self._jobs[place])
        worker = context.Process(target=_child, args=arguments)
        worker.start()
        theirs.close()
        self._running[ours] = (place, worker)
        self._driver.send(Message(place, "started", None))

    def _listen(self, connection: Connection) -> None:
        place, worker = self._running[connection]
        try:
            kind, content = connection.recv()
        except Exception:  # noqa: BLE001 - half a message, or one that can't be read
            worker.kill()
            kind, content = "died", None
        if kind != "said":
            worker.join()
            connection.close()
            del self._running[connection]
        if kind == "died":
            output = self._jobs[place].scratch / "output.txt"
            said = output.read_bytes() if output.exists() else b""
            content = death("its process", worker.exitcode, said)
        self._driver.send(Message(place, kind, content))


def _child(connection: Connection, inherited: list[Connection], work: Work, job: Job) -> None:
    for other in inherited:
        other.close()
    threading.Thread(target=_end_with_server, args=(connection,), daemon=True).start()
    _write_output_to(job.scratch / "output.txt")

    def say(*content: Any) -> None:
        connection.send(("said", content))

    try:
        message: tuple[str, Any] = ("done", work(job.argument, say))
    except BaseException as error:  # noqa: BLE001 - whatever a method raises is a failed job
        message = ("failed", (one_line(error), traceback.format_exc()))
    with contextlib.suppress(BrokenPipeError):
        connection.send(message)
    connection.close()
    os._exit(0)  # whatever threads a method left behind


def _end_with_server(connection: Connection) -> None:
    """Leave when the server's end of the pipe closes, however the server ended."""
    with contextlib.suppress(OSError):
        wait([connection])
    os._exit(1)


def _write_output_to(path: Path) -> None:
    """What a method prints goes to a file instead of through a progress bar."""
    with open(path, "ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)


def death(whose: str, exitcode: int | None, said: bytes) -> tuple[str, str]:
    """Why a process may have ended without a word, and the last that it printed."""
    how = f"exit code {exitcode}"
    if exitcode is not None and exitcode < 0:
        how = signal.Signals(-exitcode).name
    hint = "; the system may have run out of memory" if how == "SIGKILL" else ""
    return f"{whose} ended with {how}{hint}", said.decode(errors="replace")[-4000:]


def one_line(error: BaseException) -> str:
    """What an error says, as one line; the kind of all that isn't a user's."""
    text = " ".join(str(error).split())
    return text if isinstance(error, ValueError) else f"{type(error).__name__}: {text}"
