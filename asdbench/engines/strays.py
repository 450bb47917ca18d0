"""Processes that a job has left behind, daemons among them: they end with it.

A process that has left its group can't be ended by it. But on Linux a process may ask for whatever
loses its parent below it: a worker then keeps what it has started while it lives, and its server
gets what is left of it. Elsewhere a daemon goes on.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Collection
from pathlib import Path

_PARENT_DEATH, _CHILD_SUBREAPER = 1, 36  # of prctl


def adopt() -> None:
    """From now on, what loses its parent below this process becomes its child."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_CHILD_SUBREAPER, 1, 0, 0, 0)


def wake_with_parent() -> None:
    """This process, should it be stopped, goes on when its parent ends, and sees that it has."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGCONT, 0, 0, 0)


def end_children(but: Collection[int] = ()) -> None:
    """End this process's children, and what these leave to it, until only ``but`` are left."""
    while strays := _children() - set(but):
        for pid in strays:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):  # a thread of this process took it
                os.waitpid(pid, 0)


def _children() -> set[int]:
    """Children of all threads of this process; none where the system doesn't tell."""
    found: set[int] = set()
    for path in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # a thread that has ended
            found.update(map(int, path.read_text().split()))
    return found
