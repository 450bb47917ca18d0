"""The nodes of a Ray cluster: which there are, and whether its head still answers."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

LOOK = 2.0  # seconds from one look at the cluster to the next
PATIENCE = 40.0  # of a head that doesn't answer; after 60, Ray would end this process unasked


@dataclass(frozen=True)
class Node:
    """A machine to run cells on: how many CPUs and GPUs it has."""

    cpus: int
    gpus: int


Room = Callable[[Sequence[Node]], int]  # how many cells fit on nodes at once


def nodes_now() -> list[Node]:
    """The nodes of the cluster that this process is connected to."""
    import ray

    alive = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    return [Node(int(found.get("CPU", 0)), int(found.get("GPU", 0))) for found in alive]


def knock(address: str) -> None:
    """Raise ``OSError`` where nobody listens; Ray itself would try for minutes."""
    host, _, port = address.rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host.strip("[]"), int(port)), timeout=5).close()


class Head:
    """The cluster's head, and how many cells it has room for as nodes come and go.

    Much of Ray waits for a head that is gone until it ends this process, so ask here before.
    """

    def __init__(self, address: str, room: Room, at_first: int) -> None:
        self._address, self._room, self._jobs = address, room, at_first
        self._counted = self._heard = time.monotonic()

    def answers(self) -> bool:
        """Whether it does now."""
        try:
            knock(self._address)
        except OSError:
            return False
        self._heard = time.monotonic()
        return True

    def jobs(self) -> int:
        """How many cells may run at once now: none without a head.

        Raises ``ValueError`` where the head hasn't answered for long.
        """
        if self.answers():
            if time.monotonic() - self._counted >= LOOK:
                self._counted, self._jobs = time.monotonic(), self._room(nodes_now())
            return self._jobs
        silent = time.monotonic() - self._heard
        if silent > PATIENCE:
            raise ValueError(
                f"the head of the Ray cluster, {self._address}, is lost: it hasn't answered for "
                f"{silent:.0f} s; what is done is kept: start the cluster again, and the same "
                "command goes on"
            )
        return 0
