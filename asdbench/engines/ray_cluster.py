"""Run cells on a Ray cluster: the one that ``RAY_ADDRESS`` names, else one of its own here.

A task of Ray's is a shell around ``local.in_processes``: a cell is a process of its own there as
here, and so leaves the same bytes and dies alone. Ray adds where it runs, and word of lost nodes.
Nodes need asdbench and nothing else: clips that a node hasn't got come to it from the driver's, as
decoded, and what cells return goes back to the driver, which writes it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any

from asdbench.config.keys import key
from asdbench.config.limits import UNLIMITED, Limits
from asdbench.config.said import one_line
from asdbench.config.system import cache_folder
from asdbench.data.bank import Bank, copied
from asdbench.data.clips import Clips
from asdbench.data.decode import Samples
from asdbench.engines.events import CellEvent, CellWork, Done, Emit, Failed, Lost, Task
from asdbench.engines.local import in_processes
from asdbench.engines.ray_nodes import LOOK, Head, Node, Room, knock, nodes_now
from asdbench.engines.workers import Workers
from asdbench.results.records import Outcome

TRIES = 4  # of a cell whose nodes are lost


def connect() -> list[Node]:
    """Connect to Ray: its nodes, now; ``ValueError`` where it isn't installed or doesn't answer."""
    address = os.environ.get("RAY_ADDRESS") or "local"
    if address.startswith("ray://"):
        raise ValueError(
            f"RAY_ADDRESS is {address}: a client's address; start asdbench on a node of the "
            "cluster, by hand or with `ray job submit`, and set it to auto"
        )
    with _environment({"RAY_USAGE_STATS_ENABLED": "0"} | os.environ):
        return _nodes(address)


def _nodes(address: str) -> list[Node]:
    try:
        import ray
    except ImportError as error:
        raise ValueError("--engine ray needs Ray: pip install 'asdbench[ray]'") from error
    if not ray.is_initialized():
        try:
            knock(address)
            ray.init(
                address, log_to_driver=False, logging_level=logging.ERROR, include_dashboard=False
            )
        except (OSError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
            raise ValueError(
                f"no Ray cluster answers at {address}: {one_line(error)}; set RAY_ADDRESS to one "
                "that runs, or unset it for one on this machine"
            ) from error
    return nodes_now()


@contextlib.contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """These environment variables, for what is started meanwhile."""
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)


def on_ray(
    tasks: Sequence[Task],
    work: CellWork,
    *,
    jobs: int,
    cells_per_gpu: int,
    limits: Limits = UNLIMITED,
    room: Room | None = None,
) -> Generator[CellEvent]:
    """Run ``work`` on every task, ``jobs`` at a time, on the cluster; yields what happens.

    A cell whose node is lost runs again elsewhere. With ``room``, what the nodes that are there
    have room for goes before ``jobs``, so that one that joins late is used. Raises ``ValueError``
    where the head is lost. Closing the iterator kills what still runs.
    """
    import ray

    parts = {id(part): part for task in tasks for part in (task.train, task.test)}
    clips = {number: ray.put(part) for number, part in parts.items()}  # once, for all their cells
    about = ray.get_runtime_context()
    head = Head(about.gcs_address, room or (lambda _: jobs), jobs)
    waiting = [(task, 1) for task in reversed(tasks)]
    running: dict[Any, tuple[Task, int]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < head.jobs():
                task, attempt = waiting.pop()
                refs = clips[id(task.train)], clips[id(task.test)]
                shell = _submit(task, *refs, work, about.get_node_id(), cells_per_gpu, limits)
                running[shell] = (task, attempt)
            for stream in (ready := _ready(list(running))):
                task, attempt = running[stream]
                event = _next(stream, task, attempt)
                if isinstance(event, Done | Failed | Lost):
                    del running[stream]
                if isinstance(event, Lost):
                    waiting.append((task, attempt + 1))
                yield event
            if not ready:
                head.jobs()  # which raises where it is lost
    finally:
        for stream in running if head.answers() else ():
            ray.cancel(stream, force=True)


def _ready(streams: list[Any]) -> list[Any]:
    """Those of which one says something, or none after a while."""
    import ray

    if streams:
        found: list[Any] = ray.wait(streams, num_returns=1, timeout=LOOK)[0]
        return found
    time.sleep(LOOK)  # until there is room again
    return []


def _next(stream: Any, task: Task, attempt: int) -> CellEvent:
    """What a cell's shell says next, or that its node is lost: the last time, it has failed."""
    import ray
    from ray.exceptions import RayError, RayTaskError

    try:
        event: CellEvent = ray.get(next(stream))
    except RayTaskError as error:  # the shell's own trouble: a full disk, no asdbench
        return Failed(task.cell, one_line(error.cause), str(error))
    except (RayError, StopIteration) as error:
        if attempt < TRIES:
            return Lost(task.cell, one_line(error))
        reason = f"its node was lost {TRIES} times: {one_line(error)}"
        return Failed(task.cell, reason, str(error))
    return event


def _submit(
    task: Task,
    train: Any,
    test: Any,
    work: CellWork,
    driver: str,
    cells_per_gpu: int,
    limits: Limits,
) -> Any:
    """Have Ray run one cell, its clips given by reference; the stream of its events."""
    import ray

    task.scratch.mkdir(parents=True, exist_ok=True)
    task.stages.mkdir(parents=True, exist_ok=True)
    shell = ray.remote(_shell).options(
        num_cpus=task.cell.numerics.threads,
        num_gpus=1 / cells_per_gpu if task.cell.numerics.device == "cuda" else 0,
        num_returns="streaming",
        max_retries=0,
    )
    light = replace(
        task,
        train=None,
        test=None,
        scratch=task.scratch.resolve(),  # a worker has another working folder
        stages=task.stages.resolve(),
    )
    return shell.remote(light, train, test, work, driver, limits)


def _shell(
    task: Task,
    train: Clips,
    test: Clips,
    work: CellWork,
    driver: str,
    limits: Limits = UNLIMITED,
) -> Generator[CellEvent]:
    """Run one cell on the node that Ray chose."""
    shared = task.scratch.is_dir()  # the driver made it, so this node sees the output folder
    own = cache_folder() / "ray"
    local = replace(
        task,
        train=_with_bank(train, driver),
        test=_with_bank(test, driver),
        supplemental=_with_bank(task.supplemental, driver) if task.supplemental else None,
        scratch=task.scratch if shared else own / "scratch" / key([driver, str(task.scratch)]),
        stages=task.stages if shared else own / "stages",
    )
    as_now = partial(_as_now, dict(os.environ), work)
    yield from in_processes(_workers(), [local], as_now, jobs=1, limits=limits)
    if not shared:
        shutil.rmtree(local.scratch, ignore_errors=True)


@cache
def _workers() -> Workers:
    """Those of this worker process of Ray's, which runs one cell after the other."""
    return Workers()


def _as_now(environment: Mapping[str, str], work: CellWork, task: Task, emit: Emit) -> Outcome:
    """Do the work in the environment of now, which says which GPU Ray lends to this cell.

    The server that cells are forked from keeps that of its start, when it may have been another.
    """
    os.environ.update(environment)
    return work(task, emit)


def _with_bank(clips: Clips, driver: str) -> Clips:
    """The clips on this node's bank, which is fetched from the driver's node if it is missing."""
    import ray
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    there = NodeAffinitySchedulingStrategy(node_id=driver, soft=False)
    reader = ray.remote(_read).options(num_cpus=0, scheduling_strategy=there)
    bank = clips.bank

    def read(start: int, stop: int) -> Samples:
        found: Samples = ray.get(reader.remote(bank, start, stop))
        return found

    return clips.on(copied(bank, read))


def _read(bank: Bank, start: int, stop: int) -> Samples:
    return bank.rows(slice(start, stop))
