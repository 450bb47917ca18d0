"""A cluster's head that answers or doesn't, and what there is room for."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from asdbench.engines import ray_nodes
from asdbench.engines.ray_nodes import LOOK, PATIENCE, Head, Node, knock


class Clock:
    """Stands for the system's: it goes on when it is told to."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(ray_nodes, "time", found)
    return found


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def test_an_address_of_either_kind_is_knocked_at(listening: socket.socket) -> None:
    knock(f"127.0.0.1:{listening.getsockname()[1]}")
    try:
        other = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with other:
        knock(f"[::1]:{other.getsockname()[1]}")


def test_room_is_counted_anew_and_a_head_that_is_gone_is_waited_for_a_while(
    clock: Clock, listening: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ray_nodes, "nodes_now", lambda: [Node(1, 0), Node(3, 0)])
    address = f"127.0.0.1:{listening.getsockname()[1]}"
    head = Head(address, lambda nodes: sum(node.cpus for node in nodes), 1)
    assert head.jobs() == 1  # as it was a moment ago
    assert head.answers()
    clock.now = LOOK
    assert head.jobs() == 4
    listening.close()
    clock.now = LOOK + PATIENCE
    assert head.jobs() == 0
    clock.now += 1
    with pytest.raises(ValueError, match=f"{address}, is lost: it hasn't answered for 41 s"):
        head.jobs()
