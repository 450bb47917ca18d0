"""Workers: processes on this machine that do jobs, forked from a server with torch loaded."""

from __future__ import annotations

import os
import threading
from collections.abc import Generator, Sequence

from asdbench.engines.child import Child
from asdbench.engines.server import LAST, Job, Message, Work, death

# Reuse freed memory rather than give it back after every tensor (glibc; measured: a third to a half
# more clips a second in training at the paper's size). What a user has set stays.
MALLOC = {
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": "8000000000",
    "MALLOC_TOP_PAD_": "67108864",
}


class Workers:
    """A server of workers, started when it is needed and ended by ``close``."""

    def __init__(self) -> None:
        self._server: Child | None = None
        self._busy = False
        self._starting = threading.Lock()

    def warm_up(self) -> None:
        """Start the server, which loads torch meanwhile."""
        with self._starting:
            if self._server is None or self._server.process.poll() is not None:
                missing = {name: value for name, value in MALLOC.items() if name not in os.environ}
                self._server = Child("asdbench.engines.server", missing)

    def run(self, jobs: Sequence[Job], work: Work, *, at_once: int) -> Generator[Message]:
        """Have ``work(argument, say)`` done for every job; yields what happens.

        ``work`` and the arguments are pickled. Closing the iterator kills what still runs.
        """
        self.warm_up()
        assert self._server is not None
        server = self._server
        self._busy = True
        unfinished = set(range(len(jobs)))
        try:
            server.connection.send((list(jobs), work, at_once))
            while (message := server.connection.recv()) is not LAST:
                if message.kind == "refused":
                    yield from (Message(place, "failed", message.content) for place in unfinished)
                    continue
                if message.kind not in {"started", "said"}:
                    unfinished.discard(message.place)
                yield message
            self._busy = False
        except (EOFError, OSError):
            self.close()
            why = death("the server of workers", server.process.returncode, server.said)
            yield from (Message(place, "died", why) for place in sorted(unfinished))
        finally:
            if self._busy:
                self.close()

    def close(self) -> None:
        """End the server and all that it runs."""
        with self._starting:
            server, self._server = self._server, None
        if server is not None:
            server.close(wait=self._busy)
        self._busy = False
