"""Workers: processes on this machine that do jobs, forked from a server with torch loaded."""

from __future__ import annotations

import os
import threading
from collections.abc import Generator, Sequence
from typing import NamedTuple

from asdbench.engines.child import Child
from asdbench.engines.job import Job, Work
from asdbench.engines.server import LAST, Message, death

# Reuse freed memory rather than give it back after every tensor (glibc; measured: a third to a half
# more clips a second in training at the paper's size). What a user has set stays.
MALLOC = {
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": "8000000000",
    "MALLOC_TOP_PAD_": "67108864",
}


class _Lost(NamedTuple):
    """A server that has ended: the jobs that ran then, those that hadn't begun, and why."""

    ran: list[int]
    waiting: list[int]
    why: tuple[str, str]


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

        ``work`` and the arguments are pickled. Closing the iterator kills what still runs. Where
        the server is lost, what ran begins again one by one: whoever then runs as it is lost has
        "died". The others go on.
        """
        batches = [(list(range(len(jobs))), at_once)]
        while batches:
            places, several = batches.pop()
            lost = yield from self._run(jobs, places, work, several)
            if lost is None:
                continue
            if len(lost.ran) > 1:
                yield from (Message(place, "lost", lost.why) for place in lost.ran)
                batches += [(lost.waiting, several), *(([place], 1) for place in lost.ran[::-1])]
                continue
            if not lost.ran:  # no server can be had
                yield from (Message(place, "died", lost.why) for place in lost.waiting)
                continue
            reason, text = lost.why
            alone = f"{reason}; it ran alone then, so it may have done that"
            yield from (Message(place, "died", (alone, text)) for place in lost.ran)
            batches.append((lost.waiting, several))

    def _run(
        self, jobs: Sequence[Job], places: Sequence[int], work: Work, at_once: int
    ) -> Generator[Message, None, _Lost | None]:
        """Have these done by one server."""
        if not places:
            return None
        self.warm_up()
        assert self._server is not None
        server = self._server
        self._busy = True
        waiting, ran = list(places), list[int]()
        try:
            server.connection.send(([jobs[place] for place in places], work, at_once))
            while (message := server.connection.recv()) is not LAST:
                if message.kind == "refused":
                    yield from (Message(place, "failed", message.content) for place in places)
                    continue
                message = message._replace(place=places[message.place])
                if message.kind == "started":
                    waiting.remove(message.place)
                    ran.append(message.place)
                elif message.kind != "said":
                    ran.remove(message.place)
                yield message
            self._busy = False
        except (EOFError, OSError):
            self.close()
            why = death("the server of workers", server.process.returncode, server.said)
            return _Lost(ran, waiting, why)
        finally:
            if self._busy:
                self.close()
        return None

    def close(self) -> None:
        """End the server and all that it runs."""
        with self._starting:
            server, self._server = self._server, None
        if server is not None:
            server.close(wait=self._busy)
        self._busy = False
