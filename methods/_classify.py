"""The trained classifier as a stage: rows that differ in how they score share one training."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from asdbench import Clips, Context

from ._classes import Labels
from ._id_model import Classifier, IdModel, train_classifier
from ._nets import EncoderConfig


@dataclass(frozen=True)
class Classified:
    """All that the trained classifier depends on besides the clips, and so its key.

    ``pretraining`` are the fields of what its encoder starts from, if it was pretrained.
    """

    encoder: EncoderConfig
    classifier: Classifier
    labels: Labels
    pretraining: Any = None


def classify(
    model: IdModel,
    config: Classified,
    train: Clips,
    context: Context,
    *,
    part: tuple[float, float] = (0.0, 1.0),
) -> None:
    """Give the model the weights of its trained classifier: one training for all ways to score."""

    def train_it(config: Classified, lent: Context) -> dict[str, Tensor]:
        # The seed that it had before it was a stage: scores keep their bytes.
        lent = replace(lent, seed=context.seed)
        train_classifier(model, config.classifier, train, lent, part=part)
        return model.state_dict()

    model.load_state_dict(context.stage("classify", config, train_it))
    if context.numerics.channels_last:  # as training leaves it
        model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    model.eval()
