"""Workers: processes on this machine that do jobs, forked from a server with torch loaded."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Generator, Iterator, Sequence
from typing import Any

from asdbench.engines.child import Child
from asdbench.engines.job import Job, Work
from asdbench.engines.server import LAST, Message, death

PATIENCE = 1.0  # seconds without a word from the server, after which it is told to go on
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

        ``work`` and the arguments are pickled. Closing the iterator kills what still runs. Jobs may
        kill others, or the server: what was "lost" so begins again, one after the other, and who is
        alone when it is lost again has "died".
        """
        batches = [(list(range(len(jobs))), at_once)]
        while batches:
            places, several = batches.pop()
            if not places:
                continue
            lost, waiting = yield from self._run(jobs, places, work, several)
            batches += [(waiting, several), *(([place], 1) for place in lost[::-1])]

    def _run(
        self, jobs: Sequence[Job], places: Sequence[int], work: Work, at_once: int
    ) -> Generator[Message, None, tuple[list[int], list[int]]]:
        """Have these done by one server; those that were lost, and those that didn't begin."""
        lost, ran, waiting = list[int](), list[int](), list(places)
        self.warm_up()
        assert self._server is not None
        server = self._server
        self._busy = True
        try:
            server.connection.send(([jobs[place] for place in places], work, at_once))
            while (message := _heard(server)) is not LAST:
                if message.kind == "refused":
                    yield from (Message(place, "failed", message.content) for place in places)
                    waiting = []
                    continue
                message = message._replace(place=places[message.place])
                if message.kind == "started":
                    waiting.remove(message.place)
                    ran.append(message.place)
                elif message.kind != "said":
                    ran.remove(message.place)
                if message.kind == "killed":
                    lost.append(message.place)
                    message = message._replace(kind="lost")
                yield message
            self._busy = False
        except (EOFError, OSError):
            self.close()
            why = death("the server of workers", server.process.returncode, server.said)
            yield from _ends(ran, waiting, why)
            if len(ran) > 1:
                lost += ran
            elif not ran:
                waiting = []
        finally:
            if self._busy:
                self.close()
        return lost, waiting

    def close(self) -> None:
        """End the server and all that it runs."""
        with self._starting:
            server, self._server = self._server, None
        if server is not None:
            server.close(wait=self._busy)
        self._busy = False


def _heard(server: Child) -> Any:
    """The server's next message. A job may have stopped it: it is told to go on meanwhile."""
    while not server.connection.poll(PATIENCE):
        server.process.send_signal(signal.SIGCONT)
    return server.connection.recv()


def _ends(ran: list[int], waiting: list[int], why: tuple[str, str]) -> Iterator[Message]:
    """What becomes of the jobs of a server that has ended."""
    reason, text = why
    if len(ran) > 1:
        yield from (Message(place, "lost", why) for place in ran)
    elif ran:
        alone = f"{reason}; it ran alone then, so it may have done that"
        yield Message(ran[0], "died", (alone, text))
    else:  # no server can be had
        yield from (Message(place, "died", why) for place in waiting)
