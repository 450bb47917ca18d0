"""How numbers are computed: everything that may change their last bits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True)
class Numerics:
    """Device kind, precision, memory format, compilation and threads; all part of a cell's key.

    "auto" is resolved when planning: CUDA where there is one, and there mixed precision.
    """

    device: Literal["auto", "cpu", "cuda"] = "auto"
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    channels_last: bool = True
    compile: bool = False
    threads: int = 1


def resolve(numerics: Numerics) -> Numerics:
    """The numerics without "auto". Raises ``ValueError`` where CUDA is asked for and missing."""
    import torch

    cuda = torch.cuda.is_available()
    device = numerics.device
    if device == "auto":
        device = "cuda" if cuda else "cpu"
    if device == "cuda" and not cuda:
        raise ValueError("device 'cuda' is asked for, but PyTorch finds none; use --device cpu")
    precision = numerics.precision
    if precision == "auto":
        precision = "bfloat16" if device == "cuda" else "float32"
    return replace(numerics, device=device, precision=precision)
