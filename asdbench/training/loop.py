"""The one training loop: what every trained method runs, so that only their losses differ.

Randomness hangs on (seed, stage, epoch) alone, so an epoch is the same whether training came to it
in one go or was killed and resumed from the checkpoint before it.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from asdbench.config.numerics import Numerics
from asdbench.config.seeds import derive
from asdbench.data.features import out_of_graphs
from asdbench.training.batches import Batches
from asdbench.training.checkpoint import Checkpoint
from asdbench.training.method import Context

Step = Callable[[Tensor, torch.Generator], dict[str, Tensor]]


@dataclass(frozen=True)
class Recipe:
    """How long and how fast: epochs, and Adam's learning rate over them.

    "warm_cosine" holds the rate for ``warm_epochs``, then lets it fall along half a cosine to 0 at
    the last epoch (main.py of STgram-MFN, at the paper's data size).
    """

    epochs: int
    lr: float
    schedule: Literal["constant", "warm_cosine"] = "constant"
    warm_epochs: int = 20

    def lr_at(self, epoch: int) -> float:
        """The learning rate of an epoch, counted from 0."""
        if self.schedule == "constant" or epoch < self.warm_epochs:
            return self.lr
        share = (epoch - self.warm_epochs) / (self.epochs - self.warm_epochs)
        return 0.5 * self.lr * (1 + math.cos(math.pi * share))


def train_network(
    model: nn.Module,
    step: Step,
    *,
    batches: Batches,
    recipe: Recipe,
    context: Context,
    stage: str = "train",
    part: tuple[float, float] = (0.0, 1.0),
) -> None:
    """Train ``model`` in place with Adam; the weights of the last epoch stay.

    ``step(indices, generator)`` gives a batch's figures as scalars, among them "loss". The indices
    are on the CPU, where a batch can be put together while a GPU is busy: ``upload`` what they
    pick. What a step draws, it draws from the generator, which lives on the device. ``part`` says
    which share of the method's work this is, for the time left. Raises ``ValueError`` where
    training diverges, naming the epoch.
    """
    numerics = context.numerics
    memory_format = torch.channels_last if numerics.channels_last else torch.preserve_format
    model.to(context.device).to(memory_format=memory_format)  # type: ignore[call-overload]
    optimiser = torch.optim.Adam(model.parameters(), lr=recipe.lr, fused=True)
    checkpoint = Checkpoint(context.scratch / f"{stage}.safetensors")
    history = checkpoint.restore(model, optimiser)

    def report(epoch: int, figures: dict[str, float]) -> None:
        done = part[0] + (part[1] - part[0]) * epoch / recipe.epochs
        context.log(stage, epoch, done, of=recipe.epochs, **figures)

    for epoch, figures in enumerate(history, start=1):
        report(epoch, figures)
    run_step = step
    if numerics.compile:
        out_of_graphs()
        run_step = torch.compile(step)
    for epoch in range(len(history), recipe.epochs):
        for group in optimiser.param_groups:
            group["lr"] = recipe.lr_at(epoch)
        seed = derive(context.seed, stage, epoch)
        figures = _one_epoch(model, run_step, optimiser, batches, seed=seed, numerics=numerics)
        _check(figures["loss"], model, stage, epoch + 1)
        figures["lr"] = recipe.lr_at(epoch)
        history.append(figures)
        checkpoint.save_if_due(model, optimiser, history, last=epoch + 1 == recipe.epochs)
        report(epoch + 1, figures)
    model.eval()


def _one_epoch(
    model: nn.Module,
    step: Step,
    optimiser: torch.optim.Optimizer,
    batches: Batches,
    *,
    seed: int,
    numerics: Numerics,
) -> dict[str, float]:
    """Take one step a batch; each figure's mean over the batches."""
    torch.manual_seed(seed)
    on_device = torch.Generator(numerics.device).manual_seed(seed)
    order = batches(torch.Generator().manual_seed(seed))
    model.train()
    sums: dict[str, Tensor] = {}
    for indices in order:
        with autocast(numerics):
            figures = step(indices, on_device)
        optimiser.zero_grad(set_to_none=True)
        figures["loss"].backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        for name, value in figures.items():
            sums[name] = sums.get(name, 0) + value.detach()
    return {name: float(total) / len(order) for name, total in sums.items()}


@contextlib.contextmanager
def autocast(numerics: Numerics) -> Iterator[None]:
    """Mixed precision where the numerics ask for it."""
    enabled = numerics.precision == "bfloat16"
    with torch.autocast(numerics.device, dtype=torch.bfloat16, enabled=enabled):
        yield


def in_batches(
    model: Callable[[Tensor], Tensor], examples: int, *, batch: int, numerics: Numerics
) -> Tensor:
    """``model(indices)`` over all examples in order, in fixed batches, without gradients.

    The indices are on the CPU, as in ``train_network``.
    """
    with torch.inference_mode(), autocast(numerics):
        every = torch.split(torch.arange(examples), batch)
        return torch.cat([model(indices).float() for indices in every])


def _check(loss: float, model: nn.Module, stage: str, epoch: int) -> None:
    norm = torch.nn.utils.get_total_norm(list(model.parameters()))
    if not (math.isfinite(loss) and math.isfinite(float(norm))):
        raise ValueError(
            f"training diverged: the loss is {loss:g} and the weights' norm {float(norm):g} after "
            f"epoch {epoch} of stage {stage!r}; a smaller learning rate may help"
        )
