"""How an epoch's examples are cut into batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

Batches = Callable[[torch.Generator], Tensor]


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
