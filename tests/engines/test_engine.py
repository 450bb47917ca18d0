"""Where cells run: what has room for how many of them, and what is said where nothing has."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from processes import alive
from small_jobs import light

from asdbench.config.numerics import Numerics
from asdbench.engines import engine as engines
from asdbench.engines import workers
from asdbench.engines.child import Child
from asdbench.engines.engine import Engine, engine_for
from asdbench.engines.ray_nodes import Node

ON_CPU = Numerics(device="cpu", precision="float32")
SHARED = 2  # cells a GPU


def on(nodes: Sequence[Node], numerics: Numerics, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setattr(engines, "connect", lambda: nodes)
    return engine_for("ray", None, numerics, cells_per_gpu=SHARED)


@pytest.mark.parametrize(
    ("device", "threads", "nodes", "room"),
    [
        ("cpu", 1, [Node(4, 0)], 4),
        ("cpu", 2, [Node(3, 0), Node(3, 0), Node(1, 1)], 2),
        ("cuda", 1, [Node(4, 1)], 2),
        ("cuda", 1, [Node(16, 4), Node(16, 0)], 8),
        ("cuda", 2, [Node(2, 4), Node(64, 0)], 1),
        ("auto", 1, [Node(4, 0), Node(4, 1)], 2),
    ],
)
def test_room_is_counted_node_by_node(
    device: str, threads: int, nodes: list[Node], room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = on(nodes, Numerics(device=device, threads=threads), monkeypatch)
    assert engine.jobs == room
    assert engine.gpu_share == 1 / SHARED  # as many cells as share a GPU share its memory
    assert engine.place == (
        " on Ray (1 node)" if len(nodes) == 1 else f" on Ray ({len(nodes)} nodes)"
    )


@pytest.mark.parametrize(
    ("device", "nodes", "said"),
    [
        ("cpu", [Node(2, 0), Node(3, 0)], "the largest has 3; use [numerics] threads = 3"),
        ("cpu", [Node(0, 0)], "the largest has 0; start one that has more"),
        ("cuda", [Node(8, 0), Node(2, 1)], "the largest with a GPU has 2; use [numerics]"),
        ("cuda", [Node(8, 0)], "there is none; use --device cpu"),
    ],
)
def test_what_fits_on_no_node_is_said(
    device: str, nodes: list[Node], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        on(nodes, Numerics(device=device, threads=4), monkeypatch)


def test_auto_becomes_what_the_engine_has(monkeypatch: pytest.MonkeyPatch) -> None:
    with_gpu = on([Node(4, 0), Node(4, 1)], Numerics(), monkeypatch).numerics
    assert (with_gpu.device, with_gpu.precision) == ("cuda", "bfloat16")
    without = on([Node(4, 0)], Numerics(threads=2), monkeypatch).numerics
    assert (without.device, without.precision, without.threads) == ("cpu", "float32", 2)


@pytest.mark.parametrize(
    ("threads", "jobs", "expected"), [(1, None, 6), (4, None, 1), (12, None, 1), (1, 9, 9)]
)
def test_this_machine_has_room_by_its_cores_and_for_one_in_any_case(
    threads: int, jobs: int | None, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "cores", lambda: 6)
    engine = engine_for("local", jobs, Numerics(device="cpu", threads=threads))
    assert (engine.jobs, engine.place) == (expected, "")
    assert engine.gpu_share == 1 / expected  # they may all be on the one GPU
    assert engine.numerics == Numerics(device="cpu", precision="float32", threads=threads)


def test_on_a_gpu_this_machine_runs_as_many_as_share_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "cores", lambda: 6)
    monkeypatch.setattr(engines, "resolve", lambda numerics: numerics)
    on_gpu = Numerics(device="cuda", precision="bfloat16")
    assert engine_for("local", None, on_gpu, cells_per_gpu=4).jobs == 4
    assert engine_for("local", None, on_gpu, cells_per_gpu=40).jobs == 6


def test_a_precision_that_this_cpu_would_imitate_is_refused_here_and_left_to_rays_nodes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("asdbench.config.numerics.cpu_flags", set)
    asked = Numerics(device="cpu", precision="bfloat16")
    with pytest.raises(ValueError, match="'bfloat16' is asked of a CPU that has neither"):
        engine_for("local", 1, asked)
    assert on([Node(4, 0)], asked, monkeypatch).numerics == asked


def test_nothing_starts_before_it_is_needed_and_all_of_it_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started: list[Child] = []

    def start(module: str, variables: dict[str, str]) -> Child:
        started.append(light(module, variables))
        return started[0]

    monkeypatch.setattr(workers, "Child", start)
    engine = engine_for("local", 1, ON_CPU)
    engine.close()
    assert started == []
    engine.warm_up()
    assert alive(started[0].process.pid)
    engine.close()
    assert not alive(started[0].process.pid)


def test_an_unknown_engine_is_an_error() -> None:
    with pytest.raises(ValueError, match="no engine 'slurm'; there are local and ray"):
        engine_for("slurm", None, ON_CPU)
