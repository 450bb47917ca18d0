"""The work that is timed: clips in memory, the three networks and their losses.

The sound is noise and tones: what a step costs hangs on sizes alone.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from asdbench_methods._id_model import Classifier, IdModel
from asdbench_methods._losses import nt_xent, supervised_contrastive
from asdbench_methods._nets import EncoderConfig
from asdbench_methods._two_stage import EncoderWithHead
from asdbench_methods._views import Views, two_views
from part import Setting
from torch import Tensor, nn
from torch.nn import functional

from asdbench.config import plugins
from asdbench.config.frontend import Frontend
from asdbench.config.numerics import Numerics
from asdbench.config.schema import build
from asdbench.data.clips import Clip, Clips
from asdbench.data.held import held_clips
from asdbench.training.method import Context
from asdbench.training.stages import Stages

METHODS = ("id_classifier", "simclr", "id_contrastive")
RATE, IDS, SEED = 16000, 41, 1
VIEWS = {"id_classifier": 1, "simclr": 2, "id_contrastive": 1}  # clip passes a clip


@dataclass(frozen=True)
class Size:
    """How much of it: the paper's, or what a CPU does in a moment."""

    clips: int
    seconds: float
    batch: int
    width: float

    @classmethod
    def of(cls, setting: Setting) -> Size:
        """Eight batches of the paper's size; or two tiny ones."""
        return cls(8, 1.0, 4, 0.125) if setting.tiny else cls(1024, 10.0, 128, 1.0)

    def fields(self, method: str, epochs: int) -> dict[str, Any]:
        """A method's fields, for so many epochs of its first stage."""
        about = {"epochs": epochs, "batch": {"size": self.batch}}
        stages = {"classifier": about}
        if method != "id_classifier":
            stages["pretraining"] = about
        return {"encoder": {"width": self.width}, **stages}


def clips(count: int, seconds: float) -> Clips:
    """Training clips of 41 machine IDs of four types, in memory."""
    rng = np.random.default_rng(0)
    samples = int(seconds * RATE)
    tape = rng.integers(-3000, 3000, samples * 8, dtype=np.int16)
    starts = rng.integers(0, len(tape) - samples, count)
    sound_NS = np.stack([tape[start : start + samples] for start in starts])
    machines = ("fan", "pump", "slider", "valve")
    about = [
        Clip(machines[n % IDS % 4], f"{n % IDS:02d}", "development", "train", None)
        for n in range(count)
    ]
    return held_clips(sound_NS[None], about, Frontend(clip_seconds=seconds))


def numerics(device: Any, *, channels_last: bool = True, **given: Any) -> Numerics:
    """As cells have them."""
    return Numerics(device=device, channels_last=channels_last, **given)


@contextmanager
def tf32(allowed: bool) -> Iterator[None]:
    """Float32 products in TensorFloat-32 or not, as before afterwards."""
    owners: tuple[Any, ...] = (torch.backends.cuda.matmul, torch.backends.cudnn)
    before = [owner.allow_tf32 for owner in owners]
    for owner in owners:
        owner.allow_tf32 = allowed
    try:
        yield
    finally:
        for owner, was in zip(owners, before, strict=True):
            owner.allow_tf32 = was


class Enough(Exception):  # noqa: N818 - nothing went wrong
    """Raised by a log to end a training that has told what it was to tell."""


@contextmanager
def lent(numerics: Numerics, log: Callable[..., None]) -> Iterator[Context]:
    """What a run lends a method, in a folder that goes away."""
    with tempfile.TemporaryDirectory() as folder:
        yield Context(SEED, numerics, Path(folder), log, Stages(Path(folder), "bench"))


def fit(method: str, fields: Mapping[str, Any], train: Clips, context: Context) -> Any:
    """The method, fitted as a worker fits it."""
    made = build(plugins.load(plugins.METHODS, method), fields, method)
    made.fit(train, context)
    return made


def clips_a_second(
    method: str, size: Size, train: Clips, numerics: Numerics, seconds: float
) -> float:
    """Of a method's own ``fit``, in its first stage, over so many seconds at least.

    Its first epoch warms up, the second starts the clock.
    """
    at = list[float]()

    def log(stage: str, epoch: int, done: float, /, **figures: float) -> None:
        at.append(time.perf_counter())
        if len(at) > 2 and at[-1] - at[1] >= seconds:
            raise Enough

    with lent(numerics, log) as context, suppress(Enough):
        fit(method, size.fields(method, epochs=10_000), train.blind(), context)
    return size.clips * (len(at) - 2) / (at[-1] - at[1])


class Step:
    """A network of one of the methods, the inputs of a batch, and its loss: a step's pieces."""

    def __init__(self, method: str, size: Size, train: Clips, device: str) -> None:
        torch.manual_seed(SEED)
        self._method, self._train, self._device = method, train, device
        config = EncoderConfig(width=size.width)
        self._labels_N = torch.tensor([int(clip.id) for clip in train])
        self.network: nn.Module
        if method == "id_classifier":
            self.network = IdModel(config, Classifier(margin=0.7), train)
            self._labels_N = torch.tensor(self.network.classes.label(train))
        else:
            self.network = EncoderWithHead(config, train)
        self.network.to(device)

    def inputs(self, indices: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Waveforms, log-mel and labels on the device."""
        waves_NS = self._train.waves(indices, self._device)
        label_N = self._labels_N[indices].to(self._device)
        if self._method != "simclr":
            return waves_NS, self._train.logmel(indices, self._device), label_N
        generator = torch.Generator(self._device).manual_seed(SEED)
        views_MS = two_views(waves_NS, Views(), sample_rate=RATE, generator=generator)
        return views_MS, self._train.frontend(views_MS), label_N

    def loss(self, waves_NS: Tensor, logmel_NBT: Tensor, label_N: Tensor) -> Tensor:
        """Return the method's loss of a batch."""
        z_ND = self.network(waves_NS, logmel_NBT)
        return loss_of(self._method, self.network, z_ND, label_N)


def loss_of(method: str, network: nn.Module, z_ND: Tensor, label_N: Tensor) -> Tensor:
    """Return the loss of a batch's embeddings or projections."""
    if method == "id_classifier":
        loss: Tensor = functional.cross_entropy(network.arcface(z_ND, label_N), label_N)  # type: ignore[operator]
        return loss
    if method == "simclr":
        return nt_xent(z_ND)
    return supervised_contrastive(z_ND, label_N)
