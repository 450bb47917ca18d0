"""What happens inside a worker: one cell is fitted and scored."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asdbench.config.keys import key
from asdbench.config.numerics import check_bfloat16
from asdbench.config.schema import build
from asdbench.config.seeds import derive
from asdbench.engines.events import Emit, Task
from asdbench.execution.cost import cost
from asdbench.execution.decisions import Decided, decisions
from asdbench.results.provenance import facts_of
from asdbench.results.records import Cell, Outcome
from asdbench.training.method import Context, Log, Method, checked_scores
from asdbench.training.stages import Stages

COSTED = 16  # clips that are scored for their cost alone where there are no test clips
GPU_MEMORY = 0.95  # what CUDA itself takes a process isn't PyTorch's to count


def run_cell(task: Task, emit: Emit) -> Outcome:
    """Fit and score one cell in this process; everything a method sees, it sees from here.

    Raises ``ValueError`` where the scores are not N finite numbers or this CPU would imitate the
    precision, ``MemoryError`` where the part of a GPU that the cell has is too small for it.
    """
    import torch
    from threadpoolctl import threadpool_limits

    from asdbench.training.saved import saved

    cell, began = task.cell, time.monotonic()
    on_gpu = _set_up(task)
    source = (
        task.source or task.plugin.source
    )  # now: the file may be edited, or go, while the cell runs
    cls = task.plugin.load()
    if not getattr(cls, "multichannel", False):
        task = _first_channel(task)
    method = build(cls, cell.fields, cell.method)
    history: list[dict[str, Any]] = []

    def log(stage: str, epoch: int, done: float, /, **figures: float) -> None:
        of = figures.pop("of", None)
        plain_figures = _figures(figures)
        stage, epoch, done = str(stage), int(epoch), float(done)
        history.append({"stage": stage, "epoch": epoch, **plain_figures})
        emit(stage, epoch, done, plain_figures, None if of is None else int(of))

    try:
        with threadpool_limits(cell.numerics.threads):
            scores, decided, took = _fit_and_score(method, task, _context(task, source, log))
    except torch.OutOfMemoryError as error:
        if task.gpu_share == 1:
            raise
        raise MemoryError(
            f"a cell has {task.gpu_share:.3g} of a GPU's memory, which is too little; let fewer "
            f"share one, with cells_per_gpu or --jobs ({error})"
        ) from error
    return Outcome(
        scores=scores.tolist(),
        history=history,
        weights=saved(method),
        seconds=time.monotonic() - began,
        facts=facts_of(source, on_gpu=on_gpu),
        decided=decided.anomalous,
        train_scores=decided.train_scores,
        cost=took,
    )


def _figures(figures: Mapping[str, Any]) -> dict[str, float]:
    """An epoch's figures as numbers; ``ValueError`` for one with the name of a column of theirs."""
    if taken := {"stage", "epoch"} & {*figures}:
        raise ValueError(f"context.log has a figure called {taken.pop()!r}; call it otherwise")
    return {name: float(value) for name, value in figures.items()}


def _fit_and_score(
    method: Method, task: Task, context: Context
) -> tuple[NDArray[np.float64], Decided, dict[str, Any]]:
    """Scores of the test clips, which of them are called anomalous, and what it took."""
    began = time.monotonic()
    method.fit(task.train, context)
    fitted, spared = time.monotonic(), sum(context.stages.spared)
    few = range(min(COSTED, len(task.train)))
    test = task.test or task.train.pick(few)  # a detector is fitted without any: what it costs
    scores = checked_scores(method.score(test), len(test))
    scored, spared_too = time.monotonic(), sum(context.stages.spared) - spared
    took = cost(
        method,
        test,
        fit_seconds=fitted - began + spared,
        score_seconds=scored - fitted + spared_too,
    )
    scores = scores[: len(task.test)]
    return scores, decisions(method, task.train, task.test, scores), took


def _set_up(task: Task) -> bool:
    """Threads, memory, precision and the global generators; whether it computes on a GPU."""
    import torch

    numerics, seed = task.cell.numerics, _seed(task.cell)
    check_bfloat16(numerics)
    torch.set_num_threads(numerics.threads)
    on_gpu = numerics.device == "cuda" and torch.cuda.is_available()
    if on_gpu:
        torch.cuda.set_per_process_memory_fraction(GPU_MEMORY * task.gpu_share)
    if numerics.precision == "float32":  # on a GPU, TensorFloat-32 would be something else
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    for reseed in (torch.manual_seed, random.seed, np.random.seed):
        reseed(seed)  # for code that draws from the global generators
    return on_gpu


def _first_channel(task: Task) -> Task:
    """For a method that doesn't declare that it takes several."""
    parts = {
        name: part.channel(0)
        for name in ("train", "test", "supplemental")
        if (part := getattr(task, name)) and part.channels > 1
    }
    return replace(task, **parts)


def _context(task: Task, source: str, log: Log) -> Context:
    """What the run lends the method; a checkpoint or a stage of other code is none."""
    import torch

    from asdbench.training.code import CODE

    cell, seed = task.cell, _seed(task.cell)
    code = key([source, CODE, torch.__version__])
    scratch = task.scratch / code
    scratch.mkdir(parents=True, exist_ok=True)
    shared = key([cell.clips, cell.frontend, cell.numerics, seed, code])
    return Context(
        seed=seed,
        numerics=cell.numerics,
        scratch=scratch,
        log=log,
        stages=Stages(task.stages, shared, lasting=key([cell.frontend, cell.numerics, code])),
        supplemental=task.supplemental,
    )


def _seed(cell: Cell) -> int:
    return derive(cell.seed, cell.repeat)
