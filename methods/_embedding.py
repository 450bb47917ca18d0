"""Embeddings by a trained network, kept: rows and trials that differ in scoring share them.

Shapes: N clips, D embedding.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from asdbench import Clips, Context


@dataclass(frozen=True)
class _ByNetwork:
    """All that embeddings depend on besides the clips, and so the key that they are kept under."""

    network: str
    weights: str


def embeddings_of(
    network: nn.Module, clips: Clips, context: Context, make: Callable[[Clips], Tensor]
) -> Tensor:
    """What ``make`` gives for these clips with the network (N, D): made once for all scorers.

    Every size of the network must show in its weights' shapes.
    """
    about = _ByNetwork(type(network).__name__, _hash(network))
    return context.kept("embeddings", about, clips, make).to(context.device)


def _hash(network: nn.Module) -> str:
    """A hash of all weights, their names and shapes."""
    found = hashlib.blake2b(digest_size=16)
    for name, tensor in network.state_dict().items():
        found.update(f"{name} {tuple(tensor.shape)}".encode())
        found.update(tensor.cpu().contiguous().flatten().view(torch.uint8).numpy().data)
    return found.hexdigest()
