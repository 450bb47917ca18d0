"""Checkpoints: what a training needs to go on, in one file that is replaced in one step."""

from __future__ import annotations

import json
import time
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from asdbench.config.files import replacing

CHECKPOINT_SECONDS = 10.0


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
        contiguous = {name: value.detach().cpu().contiguous() for name, value in tensors.items()}
        with replacing(self._path) as temporary:
            save_file(contiguous, temporary, metadata={"history": json.dumps(history)})
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
