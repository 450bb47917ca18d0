"""Trained stages, shared between cells that differ only in what comes after them.

A stage is kept under a key of everything it depends on: clips, frontend, seed, numerics, its
config, and the source of the method and of the training loop. Unlike a cell, which is only flagged
when the code has changed, a stage is a cache: changed code means another key.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from asdbench.config.files import replacing
from asdbench.config.keys import canonical, key
from asdbench.config.seeds import derive
from asdbench.training.method import Context

if TYPE_CHECKING:
    from torch import Tensor

Weights = Mapping[str, "Tensor"]


@dataclass(frozen=True)
class Stages:
    """The stages in a folder, for cells that share what ``shared`` is a hash of."""

    folder: Path
    shared: str
    spared: list[float] = field(default_factory=list)  # seconds that loaded stages had taken

    def get(
        self, context: Context, name: str, config: Any, train: Callable[[Any, Context], Weights]
    ) -> dict[str, Tensor]:
        """The stage's weights: loaded if it is there, else trained, kept and loaded.

        ``config``, a frozen dataclass, is all that ``train`` may depend on besides the clips. A
        twin that wants the same stage at the same time waits. A loaded stage replays its history.
        """
        from safetensors import safe_open
        from safetensors.torch import save_file

        found = f"{name}-{key([self.shared, name, type(config).__name__, canonical(config)])}"
        path = self.folder / f"{found}.safetensors"
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / f"{found}.lock"):
            trained_here = not path.exists()
            if trained_here:
                recorder, began = _Recorder(context), time.monotonic()
                scratch = self.folder / found
                scratch.mkdir(exist_ok=True)
                stage_context = replace(
                    context, seed=derive(context.seed, name), scratch=scratch, log=recorder
                )
                weights = {
                    part: tensor.detach().cpu().clone().contiguous()
                    for part, tensor in train(config, stage_context).items()
                }
                with replacing(path) as temporary:
                    save_file(weights, temporary, metadata=recorder.metadata(began))
                shutil.rmtree(scratch)
        with safe_open(path, framework="pt") as file:
            if not trained_here:
                self.spared.append(float(file.metadata().get("seconds", 0)))
                for stage, epoch, done, figures in json.loads(file.metadata()["epochs"]):
                    context.log(stage, epoch, done, **figures)
            return {part: file.get_tensor(part) for part in file.keys()}  # noqa: SIM118


class _Recorder:
    """Passes epochs on and remembers them."""

    def __init__(self, context: Context) -> None:
        self._log = context.log
        self.epochs: list[tuple[str, int, float, dict[str, float]]] = []

    def __call__(self, stage: str, epoch: int, done: float, /, **figures: float) -> None:
        self.epochs.append((stage, epoch, done, figures))
        self._log(stage, epoch, done, **figures)

    def metadata(self, began: float) -> dict[str, str]:
        """What is kept beside the weights of a stage whose training began then."""
        return {"epochs": json.dumps(self.epochs), "seconds": f"{time.monotonic() - began:.3f}"}
