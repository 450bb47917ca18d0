"""Pretraining of the encoder, then the ID classifier: what simclr and id_contrastive share.

Their second stages, scorers and fields are one and the same; the loss of stage 1 tells them apart.

Shapes: N clips, S samples, B mel bands, T frames, D embedding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

import torch
from torch import Tensor, nn

from asdbench import Clips, Context, added, derive
from asdbench.training import Recipe, train_network

from ._classes import Classes, Labels
from ._classify import Classified, classify
from ._id_model import (
    Batching,
    Classifier,
    IdModel,
    load_published,
    new_encoder,
)
from ._id_scoring import check_scoring
from ._nets import EncoderConfig, ProjectionHead
from ._scoring import Scoring
from ._weights import PublishedWeights


class Pretraining(Protocol):
    """The fields that every stage 1 has."""

    @property
    def epochs(self) -> int: ...

    @property
    def lr(self) -> float: ...

    @property
    def batch(self) -> Batching: ...


P = TypeVar("P", bound=Pretraining)
P_co = TypeVar("P_co", bound=Pretraining, covariant=True)


class EncoderWithHead(nn.Module):
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
    labels: Labels = added("id")


# (network, indices, generator) -> loss of a batch
BatchLoss = Callable[[EncoderWithHead, Tensor, torch.Generator], Tensor]
StageLoss = Callable[[Stage1[P], Clips, Context], BatchLoss]


class TwoStage(Protocol[P_co]):
    """The fields that both methods have; those of stage 1 are each method's own."""

    @property
    def encoder(self) -> EncoderConfig: ...

    @property
    def pretraining(self) -> P_co: ...

    @property
    def classifier(self) -> Classifier: ...

    @property
    def scoring(self) -> Scoring: ...

    @property
    def labels(self) -> Labels: ...


def fit_two_stages(
    method: TwoStage[P],
    loss: StageLoss[P],
    train: Clips,
    context: Context,
    *,
    weights: PublishedWeights | None = None,
) -> IdModel:
    """A model whose encoder was pretrained, then trained with the classifier.

    With no epochs of the classifier, the pretrained encoder is left as it is. With ``weights``, a
    published checkpoint is taken instead of both stages.
    """
    first, second = method.pretraining, method.classifier
    check_scoring(method.scoring, train, method.labels, second.epochs)
    torch.manual_seed(derive(context.seed, "model"))
    model = IdModel(method.encoder, second, train, method.labels).to(context.device)
    if weights:
        load_published(model, weights)
        return model
    share = first.epochs / max(1, first.epochs + second.epochs)

    # Cells that share stage 1 differ in what it is a share of, so that isn't kept with it.
    def log(stage: str, epoch: int, done: float, /, **figures: float) -> None:
        context.log(stage, epoch, share * done, **figures)

    pretrained = replace(context, log=log).stage(
        "pretrain",
        Stage1(method.encoder, first, method.labels),
        lambda config, lent: _pretrain(config, loss, train, lent),
    )
    _adopt(model, pretrained)
    if second.epochs:
        config = Classified(method.encoder, second, method.labels, first)
        classify(model, config, train, context, part=(share, 1.0))
    return model


def _pretrain(
    stage: Stage1[P], loss: StageLoss[P], train: Clips, context: Context
) -> dict[str, Tensor]:
    """Train encoder and head from scratch; their weights."""
    config = stage.pretraining
    torch.manual_seed(context.seed)
    network = EncoderWithHead(stage.encoder, train).to(context.device)
    batch_loss = loss(stage, train, context)
    train_network(
        network,
        lambda indices, generator: {"loss": batch_loss(network, indices, generator)},
        batches=config.batch.over(Classes.of(train, stage.labels).label(train)),
        recipe=Recipe(epochs=config.epochs, lr=config.lr),
        context=context,
        stage="pretrain",
    )
    return network.state_dict()


def _adopt(model: IdModel, stage: Mapping[str, Tensor]) -> None:
    """Start from a pretrained stage's encoder and, where the model has one, its projection."""
    model.encoder.load_state_dict(_below("encoder.", stage))
    if isinstance(model.projection, nn.Sequential):
        head = _below("head.layers.", stage)
        model.projection.load_state_dict({n: t for n, t in head.items() if n[:2] in {"0.", "1."}})


def _below(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {n.removeprefix(prefix): t for n, t in tensors.items() if n.startswith(prefix)}
