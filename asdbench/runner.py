"""Run an experiment: plan, run what is missing, keep it, mirror it, and render the boards."""

from __future__ import annotations

import contextlib
import platform
import random
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from asdbench.clips import Clips
from asdbench.config import build, key, plain
from asdbench.engines import Engine
from asdbench.executors import Done, Emit, Event, Failed, Task
from asdbench.method import Context
from asdbench.plan import Cell, Plan
from asdbench.plugins import source_hash
from asdbench.seeds import derive
from asdbench.stages import Stages
from asdbench.store import Outcome, Store

# What checkpoints and stages hold depends on these too: on the code as loaded, not as edited since.
CODE = [
    source_hash(Path(__file__).with_name(f"{module}.py"))
    for module in ("bank", "clips", "frontend", "numerics", "seeds", "sound", "training")
]
GPU_MEMORY = 0.95  # what CUDA itself takes a process isn't PyTorch's to count
VERSIONS = ("asdbench", "torch", "torchaudio", "numpy", "scipy", "scikit-learn")


def run_cell(task: Task, emit: Emit) -> Outcome:
    """Fit and score one cell in this process; everything a method sees, it sees from here.

    Raises ``ValueError`` where the scores are not N finite numbers, ``MemoryError`` where the part
    of a GPU that the cell has is too small for it.
    """
    import torch
    from safetensors.torch import save
    from threadpoolctl import threadpool_limits

    from asdbench import training

    cell, began = task.cell, time.monotonic()
    torch.set_num_threads(cell.numerics.threads)
    on_gpu = cell.numerics.device == "cuda" and torch.cuda.is_available()
    if on_gpu:
        torch.cuda.set_per_process_memory_fraction(GPU_MEMORY * task.gpu_share)
    if cell.numerics.precision == "float32":  # on a GPU, TensorFloat-32 would be something else
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    seed = derive(cell.seed, cell.repeat)
    for reseed in (torch.manual_seed, random.seed, np.random.seed):
        reseed(seed)  # for code that draws from the global generators
    source = task.plugin.source  # now: the file may be edited, or go, while the cell runs
    cls = task.plugin.load()
    method = build(cls, cell.fields, cell.method)
    history: list[dict[str, Any]] = []

    def log(stage: str, epoch: int, done: float, /, **figures: float) -> None:
        plain_figures = {name: float(value) for name, value in figures.items()}
        history.append({"stage": stage, "epoch": epoch, **plain_figures})
        emit(stage, epoch, done, plain_figures)

    code = key([source, CODE, torch.__version__])
    scratch = task.scratch / code  # a checkpoint of other code is no checkpoint
    scratch.mkdir(parents=True, exist_ok=True)
    context = Context(
        seed=seed,
        numerics=cell.numerics,
        scratch=scratch,
        log=log,
        stages=Stages(task.stages, key([cell.clips, cell.frontend, cell.numerics, seed, code])),
    )
    try:
        with threadpool_limits(cell.numerics.threads):
            method.fit(task.train, context)
            scores = checked_scores(method.score(task.test), len(task.test))
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
        weights=save(training.state_of(method)),
        seconds=time.monotonic() - began,
        facts=_facts(source, on_gpu=on_gpu),
    )


def checked_scores(scores: Any, clips: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Scores as (N,) float64; ``ValueError`` for another shape, NaN or infinity."""
    found = np.asarray(scores, dtype=np.float64)
    if found.shape != (clips,):
        raise ValueError(f"score gave shape {found.shape} for {clips} clips; give ({clips},)")
    wrong = int((~np.isfinite(found)).sum())
    if wrong:
        raise ValueError(f"score gave {wrong} NaN or infinite values of {clips}")
    return found


@dataclass(frozen=True)
class Finished:
    """What a run did."""

    ran: int
    kept: int
    failed: tuple[Failed, ...]
    broken: tuple[str, ...]


def keep_rows(plan: Plan, clips: Clips, store: Store) -> None:
    """Write down what each row is made of and was trained on, before any of its cells runs."""
    recipe = plain(plan.recipe)
    shown = {name: recipe[name] for name in ("dataset", "frontend", "numerics", "repeats", "seed")}
    shown["train"] = {
        subset: {"clips": len(part), "ids": len({(clip.machine, clip.id) for clip in part})}
        for subset in sorted({clip.subset for clip in clips})
        if (part := clips.where(split="train", subset=subset))
    }
    for row in plan.rows:
        store.keep_row(row, plan.experiment, shown)


def run(
    plan: Plan,
    cells: Sequence[Cell],
    clips: Clips,
    store: Store,
    *,
    engine: Engine,
    watch: Callable[[Event], None],
) -> Finished:
    """Run these cells of a plan; one that fails doesn't stop the others.

    ``watch`` sees every event after it is on disk. The store must be open.
    """
    sets = {machine: _part(clips, machine) for machine in {cell.machine for cell in cells}}
    blind = {machine: (train.blind(), test.blind()) for machine, (train, test) in sets.items()}
    tasks = [
        Task(
            cell=cell,
            plugin=plan.plugins[cell.method],
            train=blind[cell.machine][0],
            test=blind[cell.machine][1],
            scratch=store.scratch(cell),
            stages=store.folder / "stages",
            gpu_share=engine.gpu_share,
        )
        for cell in cells
    ]
    failed = []
    with contextlib.closing(engine.run(tasks, run_cell)) as events:
        for event in events:
            if isinstance(event, Done):
                store.keep(event.cell, sets[event.cell.machine][1], event.outcome)
            elif isinstance(event, Failed):
                store.keep_error(event.cell, f"{event.reason}\n\n{event.text}")
                failed.append(event)
            watch(event)
    kept = len(plan.cells) - len(cells)
    return Finished(len(cells) - len(failed), kept, tuple(failed), plan.broken)


def _part(clips: Clips, machine: str | None) -> tuple[Clips, Clips]:
    here = clips if machine is None else clips.where(machine=machine)
    return here.where(split="train"), here.where(split="test")


def _facts(source: str, *, on_gpu: bool) -> dict[str, Any]:
    import torch

    return {
        "source": source,
        "commit": commit(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in VERSIONS},
        "cpu": _cpu_model(),
        "gpu": torch.cuda.get_device_name() if on_gpu else None,
        "host": platform.node(),
        "finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


@cache
def commit() -> str | None:
    """The git commit of the checkout that asdbench runs from; None where it is installed.

    That of the first call, which is when a worker's server loads the code.
    """
    folder = Path(__file__).parents[1]
    if not (folder / ".git").exists():
        return None
    command = ["git", "-C", str(folder), "describe", "--always", "--dirty", "--abbrev=40"]
    command += ["--exclude", "*"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()
