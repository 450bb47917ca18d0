"""How numbers are computed: everything that may change their last bits."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from asdbench.config.system import cpu_flags

BFLOAT16_FLAGS = {"avx512_bf16": "AVX512-BF16", "amx_bf16": "AMX"}  # Linux' names and their own


@dataclass(frozen=True)
class Numerics:
    """Device kind, precision, memory format, compilation and threads; all part of a cell's key.

    "auto" is resolved when planning: CUDA where there is one, and there mixed precision. On a CPU,
    "bfloat16" needs one that has it.
    """

    device: Literal["auto", "cpu", "cuda"] = "auto"
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    channels_last: bool = True
    compile: bool = False
    threads: int = 1

    def __post_init__(self) -> None:
        if self.threads < 1:
            raise ValueError(f"numerics threads is {self.threads}; it must be at least 1")


def has_cuda() -> bool:
    """Whether PyTorch can use a GPU; it isn't imported where no driver is installed."""
    devices = ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg")  # NVIDIA, AMD, Windows' Linux
    if not shutil.which("nvidia-smi") and not any(map(os.path.exists, devices)):
        return False
    import torch

    return bool(torch.cuda.is_available())


def has_bfloat16() -> bool:
    """Whether this CPU computes in bfloat16; others imitate it."""
    return not cpu_flags().isdisjoint(BFLOAT16_FLAGS)


def check_bfloat16(numerics: Numerics) -> None:
    """Raise ``ValueError`` where bfloat16 is asked of a CPU that would have to imitate it."""
    if (numerics.device, numerics.precision) == ("cpu", "bfloat16") and not has_bfloat16():
        raise ValueError(
            "precision 'bfloat16' is asked of a CPU that has neither "
            f"{' nor '.join(BFLOAT16_FLAGS.values())}, so that it would only be slower; use "
            '[numerics] precision = "float32"'
        )


def resolve(numerics: Numerics, *, cuda: Callable[[], bool] = has_cuda) -> Numerics:
    """The numerics without "auto". Raises ``ValueError`` where CUDA is asked for and missing."""
    device = numerics.device
    if device == "auto":
        device = "cuda" if cuda() else "cpu"
    if device == "cuda" and not cuda():
        raise ValueError("device 'cuda' is asked for, but there is none; use --device cpu")
    precision = numerics.precision
    if precision == "auto":
        precision = "bfloat16" if device == "cuda" else "float32"
    return replace(numerics, device=device, precision=precision)
