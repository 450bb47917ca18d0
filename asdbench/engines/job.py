"""A job, and what the process does that is made for it: it does the job, within its limits."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import resource
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import IO, Any, NamedTuple

from asdbench.config.limits import UNLIMITED, Limits
from asdbench.config.said import one_line
from asdbench.engines.strays import adopt, end_children

SAYS = ("said", "done", "failed")  # the kinds of its messages
Work = Callable[[Any, Callable[..., None]], Any]  # (argument, say) -> result


class Job(NamedTuple):
    """What one worker has to do, a folder that it may write to, and what it may take.

    ``first``, which is given the argument and gives it back, is done while the worker has one
    thread; what one says that has it is only read as plain values.
    """

    argument: Any
    scratch: Path
    limits: Limits = UNLIMITED
    first: Callable[[Any], Any] | None = None


def do(
    connection: Connection,
    output: int,
    inherited: Sequence[Connection | IO[bytes]],
    work: Work,
    job: Job,
) -> None:
    """Do a job in this process, a fork of the server's, say how it ended, and leave.

    What it prints goes to the open file ``output``, instead of through a progress bar;
    ``inherited`` are open files and ends of pipes that are others'.
    """
    os.setpgid(0, 0)
    adopt()
    for other in inherited:
        other.close()
    os.register_at_fork(after_in_child=connection.close)  # a child of its own has nothing to say
    os.dup2(output, 1)
    os.dup2(output, 2)

    def say(*content: Any) -> None:
        connection.send(("said", content))

    try:
        argument = job.first(job.argument) if job.first else job.argument
        threading.Thread(target=_end_with_server, args=(connection,), daemon=True).start()
        _hold_to(job.limits)
        message: tuple[str, Any] = ("done", work(argument, say))
    except BaseException as error:  # noqa: BLE001 - whatever a method raises is a failed job
        message = ("failed", (_reason(error, job.limits), traceback.format_exc()))
    with contextlib.suppress(OSError):
        connection.send(message)
    os._exit(0)  # whatever threads a method left behind


def _hold_to(limits: Limits) -> None:
    """Take no more memory than this from here on; when time is over, say where it was spent."""
    if limits.seconds is not None:
        faulthandler.dump_traceback_later(limits.seconds, file=sys.stderr)
    if limits.gigabytes is not None:
        pages = int(Path("/proc/self/statm").read_text().split()[5])
        most = pages * resource.getpagesize() + int(limits.gigabytes * 1e9)
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def _reason(error: BaseException, limits: Limits) -> str:
    """What an error says; that of too little memory names the limit."""
    said = one_line(error)
    out_of_memory = isinstance(error, MemoryError) or "can't allocate memory" in said
    if out_of_memory and limits.gigabytes is not None:
        return f"it wanted more than {limits.gigabytes:g} GB, its limit ({type(error).__name__})"
    return said


def _end_with_server(connection: Connection) -> None:
    """Leave when the server's end of the pipe closes, however the server ended."""
    with contextlib.suppress(OSError):
        wait([connection])
    end_children()
    os.killpg(0, signal.SIGKILL)
