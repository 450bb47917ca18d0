"""ID methods at a small width, of few epochs, and what a run lends them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from asdbench_methods._id_model import Batching, Classifier
from asdbench_methods._id_scoring import scorer_of
from asdbench_methods._nets import EncoderConfig
from asdbench_methods._scoring import Scoring
from asdbench_methods.id_classifier import IdClassifier
from asdbench_methods.id_contrastive import IdContrastive, IdPretraining
from asdbench_methods.simclr import SimCLR, ViewPretraining

from asdbench import Clips, Context
from asdbench.config.numerics import Numerics
from asdbench.detector.members import Unshared
from asdbench.training.fitted import state_of
from asdbench.training.stages import Stages

Claiming = Callable[[Clips, str, str], Clips]
CPU = Numerics(device="cpu", precision="float32")
LOGMEL = EncoderConfig(width=0.125, tgram=False)
WITH_TGRAM = EncoderConfig(width=0.125)
BATCH = Batching(size=12)  # of 16 clips: one step an epoch, of other clips each time
METHODS = ("id_classifier", "simclr", "id_contrastive")
TWO_STAGE = METHODS[1:]
SCORERS = ("classifier", "mixture", "neighbours", "kmeans", "mahalanobis")


def method(name: str, *, first: int = 1, encoder: EncoderConfig = LOGMEL, **fields: Any) -> Any:
    """A method at the small width, of few epochs: ``first`` in stage 1, of the rest as said."""
    scoring = fields.pop("scoring", Scoring())
    weights = {"weights": fields.pop("weights")} if "weights" in fields else {}
    second: dict[str, Any] = {"epochs": 1, "lr": 3e-3, "warm_epochs": 1, "batch": BATCH} | fields
    if name == "id_classifier":
        return IdClassifier(encoder, Classifier(**({"margin": 0.7} | second)), scoring, **weights)
    cls, pretraining = {
        "simclr": (SimCLR, ViewPretraining(epochs=first, lr=3e-3, batch=BATCH)),
        "id_contrastive": (IdContrastive, IdPretraining(epochs=first, lr=3e-3, batch=BATCH)),
    }[name]
    classifier = Classifier(**({"margin": 1.0, "projection": True} | second))
    return cls(encoder, pretraining, classifier, scoring, **weights)


@dataclass
class Cell:
    """What a run lends a method, in a folder; ``told`` is what it was told."""

    folder: Path | None  # None writes nothing
    seed: int = 1
    numerics: Numerics = CPU
    stages: Path | None = None
    stop: tuple[str, int] | None = None
    told: list[tuple[str, int, float, dict[str, float]]] = field(default_factory=list)

    def log(self, stage: str, epoch: int, done: float, /, **figures: float) -> None:
        self.told.append((stage, epoch, done, figures))
        if (stage, epoch) == self.stop:
            raise InterruptedError

    @property
    def context(self) -> Context:
        if self.folder is None:
            return Context(self.seed, self.numerics, Path(), self.log, Unshared())
        stages = Stages(self.stages or self.folder / "stages", "test")
        return Context(self.seed, self.numerics, self.folder, self.log, stages)

    def fit(self, method: Any, train: Clips) -> Any:
        assert self.folder
        self.folder.mkdir(parents=True, exist_ok=True)
        method.fit(train.blind(), self.context)
        return method

    def rescored(self, fitted: Any, scoring: Scoring, train: Clips) -> Any:
        """The same trained model, scored in another way."""
        other = replace(fitted, scoring=scoring)
        other.model_ = fitted.model_
        other.scorer_ = scorer_of(fitted.model_, scoring, train.blind(), self.context)
        return other


def trained_stages(folder: Path, name: str = "") -> list[Path]:
    """The stages (of this name) that were trained into a folder."""
    return sorted(folder.glob(f"{name}*.safetensors"))


def assert_same_bits(one: Any, other: Any, test: Clips) -> None:
    """The same weights and the same scores."""
    a, b = state_of(one), state_of(other)
    assert a.keys() == b.keys()
    assert len(a) > 50
    for name, tensor in a.items():
        assert torch.equal(tensor, b[name]), name
    assert np.array_equal(one.score(test.blind()), other.score(test.blind()))


def ids_of(clips: Clips) -> list[tuple[str, str]]:
    """The machine IDs of clips, in order."""
    return sorted({(clip.machine, clip.id) for clip in clips})
