"""Where cells run: in processes of this machine, or on a Ray cluster."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from functools import partial

from asdbench.config.limits import UNLIMITED, Limits
from asdbench.config.numerics import Numerics, check_bfloat16, resolve
from asdbench.config.selection import Ask, told_by
from asdbench.config.system import cores
from asdbench.engines.asking import ask_in
from asdbench.engines.events import CellEvent, CellWork, Task
from asdbench.engines.local import in_processes
from asdbench.engines.ray_cluster import connect, on_ray
from asdbench.engines.ray_nodes import Node
from asdbench.engines.workers import Workers

ENGINES = ("local", "ray")


@dataclass(frozen=True)
class Engine:
    """How to run cells: ``jobs`` at once, by ``run(tasks, work)``, which yields what happens.

    ``numerics`` has the device and the precision that there are. ``place`` says where, in words;
    ``gpu_share`` is how much of a GPU's memory is a cell's; ``warm_up`` lets what is needed load
    meanwhile; ``close`` ends what it has started. ``limits`` are those of each cell, and ``ask`` is
    how a method is asked for its fields within them.
    """

    numerics: Numerics
    jobs: int
    gpu_share: float
    place: str
    run: Callable[[Sequence[Task], CellWork], Generator[CellEvent]]
    warm_up: Callable[[], None]
    close: Callable[[], None]
    limits: Limits = UNLIMITED
    ask: Ask = told_by


def engine_for(
    name: str,
    jobs: int | None,
    numerics: Numerics,
    *,
    cells_per_gpu: int = 1,
    limits: Limits = UNLIMITED,
) -> Engine:
    """An engine by name, with the device resolved to what it has.

    By default it runs as many cells at once as there is room for: a cell has as many CPUs as it has
    threads, and ``1 / cells_per_gpu`` of a GPU if it computes on one. Raises ``ValueError`` where
    there is no such engine, it can't be had, none of its nodes has room for a cell, or this machine
    would imitate the precision.
    """
    workers = Workers()
    ask = ask_in(workers, limits)
    if name == "local":
        resolved = resolve(numerics)
        check_bfloat16(resolved)  # on Ray, each node says so of itself
        here = [Node(cores(), 1)]
        jobs = jobs or max(1, _room(resolved, cells_per_gpu, here))
        run = partial(in_processes, workers, jobs=jobs, limits=limits)
        share, start = 1 / jobs, workers.warm_up
        return Engine(resolved, jobs, share, "", run, start, workers.close, limits, ask)
    if name != "ray":
        raise ValueError(f"no engine {name!r}; there are {' and '.join(ENGINES)}")
    nodes = connect()
    resolved = resolve(numerics, cuda=lambda: any(node.gpus for node in nodes))
    room = _room(resolved, cells_per_gpu, nodes)
    if not room:  # Ray would wait for ever
        raise ValueError(_what_is_missing(resolved, nodes))
    grows = None if jobs else partial(_room, resolved, cells_per_gpu)
    jobs = jobs or room
    place = "1 node" if len(nodes) == 1 else f"{len(nodes)} nodes"
    return Engine(
        numerics=resolved,
        jobs=jobs,
        gpu_share=1 / cells_per_gpu,
        place=f" on Ray ({place})",
        run=partial(on_ray, jobs=jobs, cells_per_gpu=cells_per_gpu, limits=limits, room=grows),
        warm_up=lambda: None,
        close=workers.close,  # Ray's cells have ended, and Ray itself may be the caller's
        limits=limits,
        ask=ask,
    )


def _room(numerics: Numerics, cells_per_gpu: int, nodes: Sequence[Node]) -> int:
    """How many cells fit at once, each within one node."""
    by_cpus = [node.cpus // numerics.threads for node in nodes]
    if numerics.device != "cuda":
        return sum(by_cpus)
    by_gpus = [node.gpus * cells_per_gpu for node in nodes]
    return sum(map(min, by_cpus, by_gpus))


def _what_is_missing(numerics: Numerics, nodes: Sequence[Node]) -> str:
    """Why a cell has room on none of these nodes, and what to do."""
    threads, on_gpu = numerics.threads, numerics.device == "cuda"
    most = max(node.cpus for node in nodes if node.gpus or not on_gpu)
    return (
        f"a cell with [numerics] threads = {threads} needs as many CPUs"
        f"{' and a GPU' if on_gpu else ''} on one node of the cluster, but the largest"
        f"{' with a GPU' if on_gpu else ''} has {most}; "
        + (f"use [numerics] threads = {most}" if most else "start one that has more")
    )
