"""Where cells run: in processes of this machine, or on a Ray cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from asdbench.executors import Event, Task, Work, processes, warm_up
from asdbench.experiment import Experiment
from asdbench.numerics import resolve

ENGINES = ("local", "ray")


@dataclass(frozen=True)
class Engine:
    """How to run cells: ``jobs`` at once, by ``run(tasks, work)``, which yields what happens.

    ``place`` says where, in words; ``warm_up`` lets what is needed load meanwhile.
    """

    jobs: int
    place: str
    run: Callable[[Sequence[Task], Work], Generator[Event]]
    warm_up: Callable[[], None]


def engine_for(name: str, jobs: int | None, experiment: Experiment) -> tuple[Engine, Experiment]:
    """An engine by name, and the experiment with the device resolved to what the engine has.

    By default it runs as many cells at once as there is room for: a cell has as many CPUs as it has
    threads, and ``1 / cells_per_gpu`` of a GPU if it computes on one. Raises ``ValueError`` where
    there is no such engine, or it can't be had.
    """
    if name == "local":
        experiment = replace(experiment, numerics=resolve(experiment.numerics))
        jobs = jobs or _room(experiment, _cores(), 1)
        return Engine(jobs, "", partial(processes, jobs=jobs), warm_up), experiment
    if name != "ray":
        raise ValueError(f"no engine {name!r}; there are {' and '.join(ENGINES)}")
    from asdbench.cluster import connect, on_ray

    found = connect()
    numerics = resolve(experiment.numerics, cuda=lambda: found.gpus > 0)
    experiment = replace(experiment, numerics=numerics)
    jobs = jobs or _room(experiment, found.cpus, found.gpus)
    run = partial(on_ray, jobs=jobs, cells_per_gpu=experiment.cells_per_gpu)
    nodes = "1 node" if found.nodes == 1 else f"{found.nodes} nodes"
    return Engine(jobs, f" on Ray ({nodes})", run, lambda: None), experiment


def _room(experiment: Experiment, cores: int, gpus: int) -> int:
    """How many cells fit at once."""
    by_cores = cores // experiment.numerics.threads
    on_gpu = experiment.numerics.device == "cuda"
    return max(1, min(by_cores, gpus * experiment.cells_per_gpu) if on_gpu else by_cores)


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
