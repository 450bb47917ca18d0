"""Trained stages, and what was made of clips, shared between cells.

They differ only in what comes after.

A stage is kept under a key of everything it depends on: clips, frontend, seed, numerics, its
config, and the source of the method and of the training loop; what is kept of clips, under one
without the seed. Unlike a cell, which is only flagged
when the code has changed, a stage is a cache: changed code means another key.
"""

from __future__ import annotations

import json
import logging
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from asdbench.config.files import remove, replacing
from asdbench.config.keys import canonical, key
from asdbench.config.seeds import derive
from asdbench.training.method import Context

if TYPE_CHECKING:
    from torch import Tensor

    from asdbench.data.clips import Clips

_log = logging.getLogger(__name__)
Weights = Mapping[str, "Tensor"]


@dataclass(frozen=True)
class Stages:
    """The stages in a folder, for cells that share what ``shared`` is a hash of.

    ``lasting`` is a hash of what is the same for all seeds and clips: frontend, numerics, code.
    """

    folder: Path
    shared: str
    lasting: str = ""
    spared: list[float] = field(default_factory=list)  # seconds that loading saved, each time

    def get(
        self, context: Context, name: str, config: Any, train: Callable[[Any, Context], Weights]
    ) -> dict[str, Tensor]:
        """The stage's weights: loaded if it is there, else trained, kept and loaded.

        ``config``, a frozen dataclass, is all that ``train`` may depend on besides the clips. A
        twin that wants the same stage at the same time waits. A loaded stage replays its history.
        """
        found = f"{name}-{key([self.shared, name, type(config).__name__, canonical(config)])}"

        def make() -> tuple[Weights, list[Any]]:
            recorder, scratch = _Recorder(context), self.folder / found
            scratch.mkdir(exist_ok=True)
            seed = derive(context.seed, name)
            weights = train(config, replace(context, seed=seed, scratch=scratch, log=recorder))
            return weights, recorder.epochs

        weights, epochs, trained_here = self._made_once(found, make)
        shutil.rmtree(self.folder / found, ignore_errors=True)
        if not trained_here:
            for stage, epoch, done, figures in epochs:
                context.log(stage, epoch, done, **figures)
        return weights

    def kept(self, name: str, config: Any, clips: Clips, make: Callable[[Clips], Tensor]) -> Tensor:
        """What ``make`` gives for these clips (N, ...): loaded if it is there, else made and kept.

        It may depend on the clips and on ``config`` alone, and is found whatever their order.
        """
        about = [self.lasting, name, type(config).__name__, canonical(config), clips.fingerprint]
        order = clips.canonical_order

        def made() -> tuple[Weights, list[Any]]:
            return {"made": make(clips.pick(order))}, []

        in_order, *_ = self._made_once(f"{name}-{key(about)}", made)
        place = sorted(range(len(order)), key=order.__getitem__)  # the other way round
        return in_order["made"][place]

    def _made_once(
        self, found: str, make: Callable[[], tuple[Weights, list[Any]]]
    ) -> tuple[dict[str, Tensor], list[Any], bool]:
        """Tensors and history in the file of this name, and whether they were made just now."""
        from safetensors.torch import save_file

        path = self.folder / f"{found}.safetensors"
        self.folder.mkdir(parents=True, exist_ok=True)
        asked = time.monotonic()
        with FileLock(self.folder / f"{found}.lock"):
            waited = time.monotonic() - asked  # for a twin, which had begun to make it
            there = _read(path)
            if there is None:
                began = time.monotonic()
                tensors, epochs = make()
                metadata = {"of": found, "epochs": json.dumps(epochs)}
                metadata["seconds"] = f"{time.monotonic() - began:.3f}"
                on_cpu = {
                    name: t.detach().cpu().clone().contiguous() for name, t in tensors.items()
                }
                with replacing(path) as temporary:
                    save_file(on_cpu, temporary, metadata=metadata)
                return on_cpu, epochs, True
        kept, told = there
        self.spared.append(max(0.0, float(told["seconds"]) - waited))
        return kept, json.loads(told["epochs"]), False


def _read(path: Path) -> tuple[dict[str, Tensor], dict[str, str]] | None:
    """A stage's tensors and what is told of it; None where there is none, or it was damaged."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            told = {"seconds": "0", "of": path.stem, **file.metadata()}
            json.loads(told["epochs"])
            if told["of"] != path.stem:
                raise ValueError(f"it is {told['of']}")
            return {name: file.get_tensor(name) for name in file.keys()}, told  # noqa: SIM118
    except FileNotFoundError:
        return None
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        _log.warning("%s can't be read (%s): it is made again", path, error)
        remove(path)
        return None


class _Recorder:
    """Passes epochs on and remembers them."""

    def __init__(self, context: Context) -> None:
        self._log = context.log
        self.epochs: list[tuple[str, int, float, dict[str, float]]] = []

    def __call__(self, stage: str, epoch: int, done: float, /, **figures: float) -> None:
        self.epochs.append((stage, epoch, done, figures))
        self._log(stage, epoch, done, **figures)
