"""What the three ID methods share: the encoder with its ID classifier, and how they are trained.

They differ only in what comes before the classifier is trained.

Shapes: N clips, S samples, B mel bands, T frames, D embedding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from asdbench import Clips, Context, added, derive, tunable
from asdbench.training import (
    Batches,
    Recipe,
    balanced_batches,
    random_batches,
    train_network,
    upload,
)

from ._classes import Classes, Labels
from ._fields import above_zero, at_least
from ._losses import ArcFace, supervised_contrastive
from ._mixing import Blend, Mix
from ._nets import Encoder, EncoderConfig, ProjectionHead
from ._weights import PublishedWeights, load_reference, reference_label


@dataclass(frozen=True)
class Batching:
    """How an epoch is cut into batches: at random, or balanced over machine IDs.

    "balanced" puts ``per_id`` clips of each of ``size // per_id`` IDs into a batch: for few clips
    an ID, where most anchors of a random batch would have no positive. With other ``labels`` than
    "id", it is their classes that are balanced.
    """

    size: int = 128
    sampler: Literal["random", "balanced"] = "random"
    per_id: int = 6

    def __post_init__(self) -> None:
        at_least(2, size=self.size)  # BatchNorm
        at_least(2, per_id=self.per_id)  # an anchor and a positive

    def over(self, labels: list[int]) -> Batches:
        """The batches of clips with these labels."""
        if self.sampler == "balanced":
            return balanced_batches(labels, self.size, self.per_id)
        return random_batches(len(labels), self.size)


@dataclass(frozen=True)
class Classifier:
    """Training of encoder and ArcFace to tell the machine IDs apart, and its scores.

    ``projection`` puts a Linear and a BatchNorm between encoder and ArcFace. ``contrast`` weighs a
    supervised contrastive term, on a head of its own or (``contrast_head`` false) on what ArcFace
    gets. ``mix`` mixes each clip with another of its batch (``_mixing.py``), with shares from
    Beta(``mix_alpha``, ``mix_alpha``).
    """

    epochs: int = 300
    lr: float = tunable(1e-4, low=1e-5, high=1e-2, log=True)
    warm_epochs: int = 20
    batch: Batching = Batching()
    margin: float = tunable(0.7, low=0.1, high=1.2)
    scale: float = tunable(30.0, low=8.0, high=64.0, log=True)
    projection: bool = False
    contrast: float = 0.0
    contrast_head: bool = added(True)
    temperature: float = added(0.1)
    self_in_denominator: bool = added(True)
    mix: Mix = added("none")
    mix_alpha: float = added(0.5)

    def __post_init__(self) -> None:
        at_least(0, epochs=self.epochs, warm_epochs=self.warm_epochs, contrast=self.contrast)
        above_zero(lr=self.lr, margin=self.margin, scale=self.scale)
        above_zero(temperature=self.temperature, mix_alpha=self.mix_alpha)


class IdModel(nn.Module):
    """Encoder, Linear and BatchNorm if asked for, and ArcFace over the training clips' classes."""

    def __init__(
        self, encoder: EncoderConfig, classifier: Classifier, train: Clips, labels: Labels = "id"
    ) -> None:
        super().__init__()
        if len(train) < 2:
            raise ValueError("an ID method needs at least two training clips")
        self.classes = Classes.of(train, labels)
        self.encoder = new_encoder(encoder, train)
        self.projection: nn.Module = nn.Identity()
        if classifier.projection:
            self.projection = ProjectionHead(encoder.embedding).first_layer()
        self.arcface = ArcFace(
            len(self.classes),
            embedding=encoder.embedding,
            margin=classifier.margin,
            scale=classifier.scale,
        )

    def forward(self, waves_NS: Tensor | None, logmel_NBT: Tensor) -> Tensor:
        """Embeddings (N, D), as ArcFace sees them."""
        z_ND: Tensor = self.projection(self.encoder(waves_NS, logmel_NBT))
        return z_ND


def new_encoder(config: EncoderConfig, clips: Clips) -> Encoder:
    """An encoder for clips of this length."""
    return Encoder(
        config,
        samples=clips.samples,
        bands=clips.bands,
        frames=clips.frames,
        window=clips.window,
        hop=clips.hop,
    )


def train_classifier(
    model: IdModel,
    config: Classifier,
    train: Clips,
    context: Context,
    *,
    part: tuple[float, float] = (0.0, 1.0),
) -> None:
    """Train everything in the model to tell its classes apart; the last epoch's weights stay."""
    device = context.device
    labels = model.classes.label(train)
    labels_N = torch.tensor(labels)
    torch.manual_seed(derive(context.seed, "contrast"))  # whether stage 1 was trained or loaded
    width = model.arcface.centres_CD.shape[1]
    head = ProjectionHead(width) if config.contrast and config.contrast_head else None
    trained = nn.ModuleList([model, head] if head else [model])

    def step(indices: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
        label_N = upload(labels_N[indices], device)
        inputs = model.encoder.inputs(train, indices, device)
        blend = None
        if config.mix != "none":
            blend = Blend.drawn(len(indices), config.mix_alpha, generator)
            inputs = blend.of(inputs)
        z_ND = model.encoder(*inputs)
        projected_ND = model.projection(z_ND)
        loss = _id_loss(model.arcface, config, projected_ND, label_N, blend)
        if config.contrast:
            contrasted_ND = head(z_ND) if head else projected_ND
            loss = loss + config.contrast * _contrast(config, contrasted_ND, label_N)
        return {"loss": loss, "accuracy": _accuracy(model.arcface, projected_ND, label_N)}

    train_network(
        trained,
        step,
        batches=config.batch.over(labels),
        recipe=Recipe(
            epochs=config.epochs,
            lr=config.lr,
            schedule="warm_cosine",
            warm_epochs=min(config.warm_epochs, config.epochs),
        ),
        context=context,
        stage="classify",
        part=part,
    )


def _id_loss(
    arcface: ArcFace, config: Classifier, z_ND: Tensor, label_N: Tensor, blend: Blend | None
) -> Tensor:
    if blend:
        return blend.loss(arcface, z_ND, label_N, config.mix)
    return functional.cross_entropy(arcface(z_ND, label_N), label_N)


@torch.no_grad()
def _accuracy(arcface: ArcFace, z_ND: Tensor, label_N: Tensor) -> Tensor:
    right_N = arcface(z_ND).argmax(dim=1) == label_N
    accuracy: Tensor = right_N.float().mean()
    return accuracy


def _contrast(config: Classifier, z_ND: Tensor, label_N: Tensor) -> Tensor:
    return supervised_contrastive(
        z_ND,
        label_N,
        temperature=config.temperature,
        self_in_denominator=config.self_in_denominator,
    )


def load_published(model: IdModel, weights: PublishedWeights) -> None:
    """Replace the model's weights by a published checkpoint's; see docs/published-weights.md.

    Raises ``ValueError`` where the model tells apart anything but machine IDs, as they do.
    """
    if model.classes.labels != "id":
        raise ValueError(
            f'published weights tell machine IDs apart; labels = "{model.classes.labels}" needs '
            'training, so leave weights.path out, or use labels = "id"'
        )
    projection = model.projection if isinstance(model.projection, nn.Sequential) else None
    load_reference(
        weights.path,
        encoder=model.encoder,
        arcface=model.arcface,
        projection=projection,
        labels=[reference_label(machine, id_) for machine, id_ in model.classes.names],
    )
