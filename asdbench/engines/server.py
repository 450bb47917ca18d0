"""The server that workers are forked from: it has torch loaded, so none of them waits for it.

It does one batch of jobs after the other. Each job is a process of its own, so that one that dies,
hangs or leaks hurts nobody; it ends when the server does, and the server when its driver does.
Processes that a job starts end with it.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import tempfile
import time
import traceback
from collections.abc import Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import IO, Any, NamedTuple

from asdbench.config.said import one_line
from asdbench.engines.child import MOST, importing
from asdbench.engines.isolation import read
from asdbench.engines.job import SAYS, Job, Work, do
from asdbench.engines.strays import adopt, end_children, wake_with_parent

LONGEST_WAIT = 3600.0  # seconds at once: the system knows none of months
GRACE = 1.0  # seconds after a job's time is over in which it writes down where it was

_SENT = {-signal.SIGHUP, -signal.SIGINT, -signal.SIGKILL, -signal.SIGTERM}  # not one's own fault


class _Running(NamedTuple):
    """A worker, which job it does, and when that must be over."""

    place: int
    worker: BaseProcess
    output: IO[bytes]  # what it has printed
    until: float


class Message(NamedTuple):
    """What happened to a job, by its place: "started", "said", "done", "failed", or "died".

    "killed" has died of a signal that another may have sent; "refused" is for the whole batch,
    which can't be read here; "lost" comes of ``Workers``: it begins again.
    """

    place: int
    kind: str
    content: Any


LAST = None  # after a batch's last message


def serve(driver: Connection) -> None:
    """Load what workers need, then run what comes through the pipe until it closes."""
    with importing():
        from asdbench.engines import preload  # noqa: F401

    adopt()
    wake_with_parent()
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
        self._running: dict[Connection, _Running] = {}

    def run(self) -> None:
        """Run them all. Raises ``EOFError`` when the driver is gone; no worker is left then."""
        waiting = list(reversed(range(len(self._jobs))))
        try:
            while waiting or self._running:
                while waiting and len(self._running) < self._at_once:
                    self._start(waiting.pop())
                for connection in wait([self._driver, *self._running], self._patience()):
                    if connection is self._driver:
                        raise EOFError
                    assert isinstance(connection, Connection)
                    self._listen(connection)
                self._end_overdue()
        finally:
            for connection in list(self._running):
                self._end(connection)

    def _start(self, place: int) -> None:
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe()
        output = _output_in(self._jobs[place].scratch)
        others = [one.output for one in self._running.values()]
        inherited = [self._driver, ours, *self._running, *others]
        arguments = (theirs, output.fileno(), inherited, self._work, self._jobs[place])
        worker = context.Process(target=do, args=arguments)
        self._driver.send(Message(place, "started", None))  # first: it may be the server's end
        worker.start()
        theirs.close()
        limit = self._jobs[place].limits.seconds
        until = float("inf") if limit is None else time.monotonic() + limit + GRACE
        self._running[ours] = _Running(place, worker, output, until)

    def _listen(self, connection: Connection) -> None:
        place = self._running[connection].place
        try:
            sent = connection.recv_bytes()
            kind, content = (read if self._jobs[place].first else pickle.loads)(sent)
        except Exception:  # noqa: BLE001 - half a message, or one that can't be read
            exitcode, printed = self._end(connection)
            kind = "killed" if exitcode in _SENT and self._running else "died"
            self._driver.send(Message(place, kind, death("its process", exitcode, printed)))
            return
        if kind not in SAYS:  # one that is shut in may say anything
            kind, content = "died", ("its process said nonsense", "")
        if kind != "said":
            _, printed = self._end(connection)
        if kind == "failed":
            content = content[0], with_output(content[1], printed)
        self._driver.send(Message(place, kind, content))

    def _patience(self) -> float | None:
        """Seconds until the next job must be over; None where none must."""
        soonest = min((one.until for one in self._running.values()), default=float("inf"))
        left = soonest - time.monotonic()
        return None if soonest == float("inf") else min(max(0.0, left), LONGEST_WAIT)

    def _end_overdue(self) -> None:
        for connection, one in list(self._running.items()):
            if time.monotonic() >= one.until:
                _, printed = self._end(connection)
                limit = self._jobs[one.place].limits.seconds
                reason = f"it was stopped after {limit:g} s, its limit"
                content = (reason, printed.decode(errors="replace"))
                self._driver.send(Message(one.place, "died", content))

    def _end(self, connection: Connection) -> tuple[int | None, bytes]:
        """End a worker and all that it has started; its exit code, and the last that it printed."""
        _, worker, output, _ = self._running.pop(connection)
        assert worker.pid is not None
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(worker.pid, signal.SIGKILL)
        worker.kill()  # in case it has no group yet
        worker.join()
        end_children(but=[one.worker.pid or 0 for one in self._running.values()])
        connection.close()
        with output:
            output.seek(max(0, output.seek(0, os.SEEK_END) - MOST))
            return worker.exitcode, output.read()


def _output_in(scratch: Path) -> IO[bytes]:
    """A file for what a job prints, which has no name that the job could put something else at."""
    with contextlib.suppress(OSError):  # a job before has left no such folder
        return tempfile.TemporaryFile(dir=scratch)
    return tempfile.TemporaryFile()


def with_output(text: str, said: bytes) -> str:
    """A traceback, and the last that was printed before it."""
    printed = said.decode(errors="replace").strip()
    return f"{text}\nThe last that it printed:\n\n{printed}\n" if printed else text


def death(whose: str, exitcode: int | None, said: bytes) -> tuple[str, str]:
    """Why a process may have ended without a word, and the last that it printed."""
    how = f"exit code {exitcode}"
    if exitcode is not None and exitcode < 0:
        how = signal.Signals(-exitcode).name
    hint = "; the system may have run out of memory" if how == "SIGKILL" else ""
    return f"{whose} ended with {how}{hint}", said.decode(errors="replace")[-4000:]
