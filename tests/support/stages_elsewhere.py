"""A stage, and other processes that train it at the same time, or are killed while they do."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from trainings import CPU, DATA

from asdbench import Context
from asdbench.training import Recipe, checkpoint, random_batches, train_network
from asdbench.training.stages import Stages

EPOCHS = 5
PATIENCE = 60  # seconds until a test gives up on another process


@dataclass(frozen=True)
class Config:
    width: int = 2
    lr: float = 0.1


def context(
    folder: Path, *, log: Any = lambda *_, **__: None, shared: str = "clips", seed: int = 5
) -> Context:
    """The context of a cell of its own, with the stages in ``folder`` shared."""
    stages = Stages(folder / "stages", shared)
    return Context(seed=seed, numerics=CPU, scratch=folder / "cell", log=log, stages=stages)


def train_network_in(config: Config, lent: Context) -> dict[str, Tensor]:
    """A real training, with a checkpoint after every epoch where they are due at once."""
    torch.manual_seed(lent.seed)
    model = nn.Sequential(nn.Linear(8, 8), nn.BatchNorm1d(8), nn.Dropout(0.2), nn.Linear(8, 8))

    def step(indices: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
        x = DATA[indices]
        noise = 0.1 * torch.randn(x.shape, generator=generator)
        return {"loss": (model(x + noise) - x).square().mean()}

    train_network(
        model,
        step,
        batches=random_batches(12, 4),
        recipe=Recipe(epochs=EPOCHS, lr=config.lr),
        context=lent,
        stage="first",
    )
    return dict(model.state_dict())


def in_another_process(target: Callable[[Path], None], folder: Path) -> BaseProcess:
    """A process that shares nothing with this one but the folder; torch is imported once for all.

    They are forked off a server, which has torch and has not computed anything.
    """
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload(["asdbench.training.loop", "asdbench.training.stages"])
    process = server.Process(target=target, args=(folder,), daemon=True)
    process.start()
    return process


def wait_for(path: Path) -> None:
    until = time.monotonic() + PATIENCE
    while not path.exists():
        assert time.monotonic() < until, f"{path.name} has not come"
        time.sleep(0.01)


def train_slowly(folder: Path) -> None:
    """In another process: is at it until somebody says "go"."""

    def train(config: Config, lent: Context) -> dict[str, Tensor]:
        lent.log("first", 1, 0.5, loss=2.5)
        (folder / "began").touch()
        wait_for(folder / "go")
        (folder / "ended").touch()
        return {"x": torch.arange(4.0)}

    context(folder).stage("first", Config(), train)


def die_in_epoch_three(folder: Path) -> None:
    """In another process: killed in the middle of the stage, as by a lack of memory."""
    checkpoint.CHECKPOINT_SECONDS = -1.0
    torch.set_num_threads(1)  # as conftest does here: another number, other last bits

    def log(stage: str, epoch: int, done: float, /, **figures: float) -> None:
        if epoch == 3:
            os.kill(os.getpid(), signal.SIGKILL)

    context(folder, log=log).stage("first", Config(), train_network_in)
