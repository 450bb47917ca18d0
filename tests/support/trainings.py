"""Small trainings, and what they tell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from asdbench import Context
from asdbench.config.numerics import Numerics
from asdbench.training import Recipe, random_batches, train_network
from asdbench.training.stages import Stages

CPU = Numerics(device="cpu", precision="float32")
DATA = torch.randn(20, 8, generator=torch.Generator().manual_seed(1))


class Lines:
    """What a run was told: (stage, epoch, done, figures)."""

    def __init__(self, *, stop_after: int | None = None) -> None:
        self.told: list[tuple[str, int, float, dict[str, float]]] = []
        self._stop_after = stop_after

    def __call__(self, stage: str, epoch: int, done: float, /, **figures: float) -> None:
        self.told.append((stage, epoch, done, figures))
        if epoch == self._stop_after:
            raise InterruptedError


def context_in(folder: Path, log: Any = lambda *_, **__: None, *, seed: int = 5) -> Context:
    """What a run lends a method that works in this folder."""
    stages = Stages(folder / "stages", "test")
    return Context(seed=seed, numerics=CPU, scratch=folder, log=log, stages=stages)


def network() -> nn.Module:
    """With all that has a state: 4-d weights, BatchNorm's buffers, a scalar, dropout."""
    torch.manual_seed(0)
    layers = [nn.Unflatten(1, (1, 2, 4)), nn.Conv2d(1, 3, 2), nn.BatchNorm2d(3), nn.PReLU()]
    return nn.Sequential(*layers, nn.Dropout(0.2), nn.Flatten(), nn.Linear(9, 8))


def train(
    model: nn.Module, context: Context, *, epochs: int = 6, lr: float = 0.01, **options: Any
) -> nn.Module:
    """The model, trained to take noise away; three batches an epoch."""

    def step(indices: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
        x = DATA[indices]
        noise = 0.1 * torch.randn(x.shape, generator=generator)
        loss = (model(x + noise) - x).square().mean()
        return {"loss": loss, "noise": noise.abs().mean()}

    recipe = Recipe(epochs=epochs, lr=lr, schedule="warm_cosine", warm_epochs=2)
    train_network(
        model, step, batches=random_batches(20, 6), recipe=recipe, context=context, **options
    )
    return model


def assert_same_bits(one: nn.Module, other: nn.Module) -> None:
    for (name, a), b in zip(one.state_dict().items(), other.state_dict().values(), strict=True):
        assert torch.equal(a, b), name
