"""Pretraining of the encoder, then the ID classifier: what simclr and id_contrastive share.

Their second stages, scorers and fields are one and the same; the loss of stage 1 tells them apart.

Shapes: N clips, S samples, B mel bands, T frames, D embedding.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

import torch
from torch import Tensor, nn

from asdbench import Clips, Context
from asdbench.seeds import derive
from asdbench.training import Recipe, train_network

from ._id_model import (
    Batching,
    Classifier,
    IdModel,
    Scoring,
    adopt,
    labels_of,
    load_published,
    machine_ids,
    new_encoder,
    train_classifier,
)
from ._nets import EncoderConfig, ProjectionHead
from ._weights import Published


class Pretraining(Protocol):
    """The fields that every stage 1 has."""

    @property
    def epochs(self) -> int: ...

    @property
    def lr(self) -> float: ...

    @property
    def batch(self) -> Batching: ...


P = TypeVar("P", bound=Pretraining)


class Pretrained(nn.Module):
    """Encoder and projection head: what stage 1 trains."""

    def __init__(self, encoder: EncoderConfig, clips: Clips) -> None:
        super().__init__()
        self.encoder = new_encoder(encoder, clips)
        self.head = ProjectionHead(encoder.embedding)

    def forward(self, waves_NS: Tensor | None, logmel_NBT: Tensor) -> Tensor:
        """Projections (N, D)."""
        projection_ND: Tensor = self.head(self.encoder(waves_NS, logmel_NBT))
        return projection_ND


@dataclass(frozen=True)
class Stage1(Generic[P]):
    """All that a pretrained stage depends on besides the clips, and so its key."""

    encoder: EncoderConfig
    pretraining: P


# (network, clips, indices, generator) -> loss of a batch
BatchLoss = Callable[[Pretrained, Tensor, torch.Generator], Tensor]


def fit_two_stages(
    train: Clips,
    context: Context,
    *,
    encoder: EncoderConfig,
    pretraining: P,
    loss: Callable[[P, Clips, Context], BatchLoss],
    classifier: Classifier,
    scoring: Scoring,
    weights: Published | None = None,
) -> IdModel:
    """A model whose encoder was pretrained, then trained with the classifier.

    With no epochs of the classifier, the pretrained encoder is left as it is. With ``weights``, a
    published checkpoint is taken instead of both stages.
    """
    scoring.check(machine_ids(train), classifier.epochs)
    torch.manual_seed(derive(context.seed, "model"))
    model = IdModel(encoder, classifier, train).to(context.device)
    if weights:
        load_published(model, weights)
        return model
    share = pretraining.epochs / max(1, pretraining.epochs + classifier.epochs)

    def pretrain(stage: Stage1[P], stage_context: Context) -> dict[str, Tensor]:
        config = stage.pretraining
        torch.manual_seed(stage_context.seed)
        network = Pretrained(stage.encoder, train).to(stage_context.device)
        batch_loss = loss(config, train, stage_context)
        train_network(
            network,
            lambda indices, generator: {"loss": batch_loss(network, indices, generator)},
            batches=config.batch.over(labels_of(train, machine_ids(train))),
            recipe=Recipe(epochs=config.epochs, lr=config.lr),
            context=stage_context,
            stage="pretrain",
        )
        return network.state_dict()

    # Cells that share stage 1 differ in what it is a share of, so that isn't kept with it.
    def log(stage: str, epoch: int, done: float, /, **figures: float) -> None:
        context.log(stage, epoch, share * done, **figures)

    first = replace(context, log=log)
    adopt(model, first.stage("pretrain", Stage1(encoder, pretraining), pretrain))
    if classifier.epochs:
        train_classifier(model, classifier, train, context, part=(share, 1.0))
    return model
