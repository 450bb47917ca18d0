"""A child process that does what it is told, and writes a file at its exit."""

from __future__ import annotations

import atexit
from multiprocessing.connection import Connection
from pathlib import Path

from asdbench.engines.child import importing


class Slow:
    """Takes long to be taken apart, if anything takes it apart."""

    def __del__(self) -> None:
        Path("taken-apart").touch()


def serve(caller: Connection) -> None:
    with importing():
        global slow
        slow = Slow()
    atexit.register(Path("at-exit").touch)
    if caller.recv() == "raise":
        raise RuntimeError("as it was told")
