"""Where cells run: in processes of this machine, or on a Ray cluster."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from asdbench.cluster import Node, connect, on_ray
from asdbench.computer import cores
from asdbench.executors import Event, Task, Work, processes, warm_up
from asdbench.experiment import Experiment
from asdbench.numerics import resolve

ENGINES = ("local", "ray")


@dataclass(frozen=True)
class Engine:
    """How to run cells: ``jobs`` at once, by ``run(tasks, work)``, which yields what happens.

    ``place`` says where, in words; ``gpu_share`` is how much of a GPU's memory is a cell's;
    ``warm_up`` lets what is needed load meanwhile.
    """

    jobs: int
    gpu_share: float
    place: str
    run: Callable[[Sequence[Task], Work], Generator[Event]]
    warm_up: Callable[[], None]


def engine_for(name: str, jobs: int | None, experiment: Experiment) -> tuple[Engine, Experiment]:
    """An engine by name, and the experiment with the device resolved to what the engine has.

    By default it runs as many cells at once as there is room for: a cell has as many CPUs as it has
    threads, and ``1 / cells_per_gpu`` of a GPU if it computes on one. Raises ``ValueError`` where
    there is no such engine, it can't be had, or none of its nodes has room for a cell.
    """
    if name == "local":
        experiment = replace(experiment, numerics=resolve(experiment.numerics))
        jobs = jobs or max(1, _room(experiment, [Node(cores(), 1)]))
        return Engine(jobs, 1 / jobs, "", partial(processes, jobs=jobs), warm_up), experiment
    if name != "ray":
        raise ValueError(f"no engine {name!r}; there are {' and '.join(ENGINES)}")
    nodes = connect()
    numerics = resolve(experiment.numerics, cuda=lambda: any(node.gpus for node in nodes))
    experiment = replace(experiment, numerics=numerics)
    room = _room(experiment, nodes)
    if not room:  # Ray would wait for ever
        raise ValueError(_what_is_missing(experiment, nodes))
    jobs = jobs or room
    run = partial(on_ray, jobs=jobs, cells_per_gpu=experiment.cells_per_gpu)
    place = "1 node" if len(nodes) == 1 else f"{len(nodes)} nodes"
    share = 1 / experiment.cells_per_gpu
    return Engine(jobs, share, f" on Ray ({place})", run, lambda: None), experiment


def _room(experiment: Experiment, nodes: Sequence[Node]) -> int:
    """How many cells fit at once, each within one node."""
    return sum(_room_on(node, experiment) for node in nodes)


def _room_on(node: Node, experiment: Experiment) -> int:
    by_cpus = node.cpus // experiment.numerics.threads
    on_gpu = experiment.numerics.device == "cuda"
    return min(by_cpus, node.gpus * experiment.cells_per_gpu) if on_gpu else by_cpus


def _what_is_missing(experiment: Experiment, nodes: Sequence[Node]) -> str:
    """Why a cell has room on none of these nodes, and what to do."""
    threads, on_gpu = experiment.numerics.threads, experiment.numerics.device == "cuda"
    most = max(node.cpus for node in nodes if node.gpus or not on_gpu)
    return (
        f"a cell with [numerics] threads = {threads} needs as many CPUs"
        f"{' and a GPU' if on_gpu else ''} on one node of the cluster, but the largest"
        f"{' with a GPU' if on_gpu else ''} has {most}; "
        + (f"use [numerics] threads = {most}" if most else "start one that has more")
    )
