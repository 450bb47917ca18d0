"""The one training loop: what every trained method runs, so that only their losses differ.

Randomness hangs on (seed, stage, epoch) alone, so an epoch is the same whether training came to it
in one go or was killed and resumed from the checkpoint before it.
"""

from __future__ import annotations

import contextlib
import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from asdbench.method import Context
from asdbench.numerics import Numerics
from asdbench.seeds import derive
from asdbench.sound import upload as upload  # for methods

CHECKPOINT_SECONDS = 10.0

Batches = Callable[[torch.Generator], Tensor]
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


def random_batches(examples: int, batch: int) -> Batches:
    """Batches of equal size, (steps, batch), drawn without replacement.

    With fewer examples than a batch, one batch of all; else the remainder, another one each epoch,
    is left out.
    """
    size = min(batch, examples)
    steps = examples // size

    def draw(generator: torch.Generator) -> Tensor:
        return torch.randperm(examples, generator=generator)[: steps * size].view(steps, size)

    return draw


def balanced_batches(labels: Sequence[int], batch: int, per_class: int) -> Batches:
    """Batches of ``batch // per_class`` random classes with ``per_class`` clips each.

    As many steps an epoch as random batches would have. A class with fewer clips gives some of them
    twice. For few clips a class, where a random batch leaves most anchors without a positive.
    """
    of_class = [
        torch.tensor([row for row, label in enumerate(labels) if label == one])
        for one in sorted(set(labels))
    ]
    per_class = min(per_class, batch)
    classes = min(max(1, batch // per_class), len(of_class))
    steps = max(1, len(labels) // (classes * per_class))

    def draw(generator: torch.Generator) -> Tensor:
        def one_batch() -> Tensor:
            chosen = torch.randperm(len(of_class), generator=generator)[:classes]
            return torch.cat([_some(of_class[int(one)], per_class, generator) for one in chosen])

        return torch.stack([one_batch() for _ in range(steps)])

    return draw


def _some(rows: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """``count`` of the rows: all different while there are enough."""
    rounds = -(-count // len(rows))
    order = [torch.randperm(len(rows), generator=generator) for _ in range(rounds)]
    return rows[torch.cat(order)[:count]]


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
    device = torch.device(context.device)
    memory_format = torch.channels_last if context.numerics.channels_last else torch.preserve_format
    model.to(device).to(memory_format=memory_format)  # type: ignore[call-overload]
    optimiser = torch.optim.Adam(model.parameters(), lr=recipe.lr, fused=True)
    checkpoint = Checkpoint(context.scratch / f"{stage}.safetensors")
    history = checkpoint.restore(model, optimiser)

    def report(epoch: int, figures: dict[str, float]) -> None:
        done = part[0] + (part[1] - part[0]) * epoch / recipe.epochs
        context.log(stage, epoch, done, **figures)

    for epoch, figures in enumerate(history, start=1):
        report(epoch, figures)
    run_step = torch.compile(step) if context.numerics.compile else step
    for epoch in range(len(history), recipe.epochs):
        seed = derive(context.seed, stage, epoch)
        torch.manual_seed(seed)
        on_device = torch.Generator(device).manual_seed(seed)
        for group in optimiser.param_groups:
            group["lr"] = recipe.lr_at(epoch)
        order = batches(torch.Generator().manual_seed(seed))
        model.train()
        sums: dict[str, Tensor] = {}
        for indices in order:
            with autocast(context.numerics):
                figures_now = run_step(indices, on_device)
            optimiser.zero_grad(set_to_none=True)
            figures_now["loss"].backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            for name, value in figures_now.items():
                sums[name] = sums.get(name, 0) + value.detach()
        figures = {name: float(total) / len(order) for name, total in sums.items()}
        _check(figures["loss"], model, stage, epoch + 1)
        figures["lr"] = recipe.lr_at(epoch)
        history.append(figures)
        checkpoint.save_if_due(model, optimiser, history, last=epoch + 1 == recipe.epochs)
        report(epoch + 1, figures)
    model.eval()


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


class Checkpoint:
    """Weights, optimiser and history of a training, in one file that is replaced in one step."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._saved = self._began = time.monotonic()

    def save_if_due(
        self,
        model: nn.Module,
        optimiser: torch.optim.Optimizer,
        history: list[dict[str, float]],
        *,
        last: bool,
    ) -> None:
        """Save if ten seconds have gone since the last time, or a long training ends."""
        now = time.monotonic()
        long_enough = now - self._saved > CHECKPOINT_SECONDS
        if not long_enough and not (last and now - self._began > CHECKPOINT_SECONDS):
            return
        tensors = {f"model.{name}": value for name, value in model.state_dict().items()}
        for index, state in optimiser.state_dict()["state"].items():
            tensors |= {f"optimiser.{index}.{name}": value for name, value in state.items()}
        temporary = self._path.with_suffix(".part")
        contiguous = {name: value.detach().cpu().contiguous() for name, value in tensors.items()}
        save_file(contiguous, temporary, metadata={"history": json.dumps(history)})
        temporary.replace(self._path)
        self._saved = time.monotonic()

    def restore(self, model: nn.Module, optimiser: torch.optim.Optimizer) -> list[dict[str, float]]:
        """Copy a saved state in place, so that the memory format stays; its history, if any."""
        if not self._path.exists():
            return []
        with safe_open(self._path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            history: list[dict[str, float]] = json.loads(file.metadata()["history"])
        with torch.no_grad():
            for name, value in model.state_dict().items():
                value.copy_(tensors[f"model.{name}"])
            parameters = [p for group in optimiser.param_groups for p in group["params"]]
            for index, parameter in enumerate(parameters):
                prefix = f"optimiser.{index}."
                saved = {
                    n.removeprefix(prefix): t for n, t in tensors.items() if n.startswith(prefix)
                }
                optimiser.state[parameter] = {
                    name: _like(parameter, tensor) for name, tensor in saved.items()
                }
        return history


def _like(parameter: nn.Parameter, saved: Tensor) -> Tensor:
    if saved.shape != parameter.shape:
        return saved.to(parameter.device)
    return torch.zeros_like(parameter, memory_format=torch.preserve_format).copy_(saved)


def _check(loss: float, model: nn.Module, stage: str, epoch: int) -> None:
    norm = torch.nn.utils.get_total_norm(list(model.parameters()))
    if not (math.isfinite(loss) and math.isfinite(float(norm))):
        raise ValueError(
            f"training diverged: the loss is {loss:g} and the weights' norm {float(norm):g} after "
            f"epoch {epoch} of stage {stage!r}; a smaller learning rate may help"
        )


def state_of(method: Any) -> dict[str, Tensor]:
    """What a method has learned: networks, tensors, arrays of numbers in attributes with ``_``."""
    found: dict[str, Tensor] = {}
    for name, value in vars(method).items():
        if not name.endswith("_") or name.startswith("_"):
            continue
        if isinstance(value, nn.Module):
            found |= {f"{name}.{key}": tensor for key, tensor in value.state_dict().items()}
        elif isinstance(value, Tensor):
            found[name] = value
        elif isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
            found[name] = torch.from_numpy(value)
    # Cloned: two names for one tensor can't be written.
    return {name: tensor.detach().cpu().clone().contiguous() for name, tensor in found.items()}
