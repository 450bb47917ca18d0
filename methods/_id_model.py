"""What the three ID methods share: encoder, ID classifier, scorer, and how they are trained.

They differ only in what comes before the classifier is trained.

Shapes: N clips, S samples, B mel bands, T frames, D embedding, C machine IDs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from asdbench import Clips, Context, tunable
from asdbench.seeds import derive
from asdbench.training import (
    Batches,
    Recipe,
    balanced_batches,
    in_batches,
    random_batches,
    train_network,
    upload,
)

from ._fields import above_zero, at_least
from ._losses import ArcFace, supervised_contrastive
from ._nets import Encoder, EncoderConfig, ProjectionHead
from ._scoring import MachineId, Mahalanobis, Mixture, Neighbours, PerId
from ._weights import Published, load_reference, reference_label

# Clips; fixed, since bits depend on the batch's shape. On a CPU, maps of 16 stay in the cache.
SCORING_BATCH, GPU_SCORING_BATCH = 16, 256


@dataclass(frozen=True)
class Scoring:
    """What makes a score out of the trained model.

    ``by`` "classifier": minus the log softmax probability of the ID that the clip claims, with the
    ArcFace margin left on it as the reference does (``margin``; without it scores tie in float32).
    Else the distance of the embedding to those of the ID's training clips: to the nearest of
    ``components`` Gaussians, to the nearest ``neighbours``, or Mahalanobis'.
    """

    by: Literal["classifier", "mixture", "neighbours", "mahalanobis"] = "classifier"
    margin: bool = True
    components: int = 2
    regularisation: float = 1e-3
    neighbours: int = 1

    def __post_init__(self) -> None:
        at_least(1, components=self.components, neighbours=self.neighbours)
        above_zero(regularisation=self.regularisation)

    def check(self, ids: list[MachineId], epochs: int) -> None:
        """Raise ``ValueError`` where there will be no classifier to score by."""
        if self.by == "classifier" and not epochs:
            raise ValueError("classifier.epochs = 0 leaves no classifier; use another scoring.by")
        if self.by == "classifier" and len(ids) < 2:
            raise ValueError(
                f"there is one machine ID only ({' '.join(ids[0])}), so there is nothing to tell "
                'apart; use scoring.by = "mahalanobis", or the autoencoder or knn'
            )

    def metric(self, seed: int) -> Mixture | Neighbours | Mahalanobis:
        """How far an embedding is from others."""
        if self.by == "mixture":
            return Mixture(self.components, self.regularisation, seed)
        return Neighbours(self.neighbours) if self.by == "neighbours" else Mahalanobis()


@dataclass(frozen=True)
class Batching:
    """How an epoch is cut into batches: at random, or balanced over machine IDs.

    "balanced" puts ``per_id`` clips of each of ``size // per_id`` IDs into a batch: for few clips
    an ID, where most anchors of a random batch would have no positive.
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
    supervised contrastive term, on a head of its own.
    """

    epochs: int = 300
    lr: float = tunable(1e-4, low=1e-5, high=1e-2, log=True)
    warm_epochs: int = 20
    batch: Batching = Batching()
    margin: float = tunable(0.7, low=0.1, high=1.2)
    scale: float = tunable(30.0, low=8.0, high=64.0, log=True)
    projection: bool = False
    contrast: float = 0.0

    def __post_init__(self) -> None:
        at_least(0, epochs=self.epochs, warm_epochs=self.warm_epochs, contrast=self.contrast)
        above_zero(lr=self.lr, margin=self.margin, scale=self.scale)


class IdModel(nn.Module):
    """Encoder, Linear and BatchNorm if asked for, and ArcFace over the training clips' IDs."""

    def __init__(self, encoder: EncoderConfig, classifier: Classifier, train: Clips) -> None:
        super().__init__()
        if len(train) < 2:
            raise ValueError("an ID method needs at least two training clips")
        self.ids = machine_ids(train)
        self.encoder = new_encoder(encoder, train)
        self.projection: nn.Module = nn.Identity()
        if classifier.projection:
            self.projection = ProjectionHead(encoder.embedding).first_layer()
        self.arcface = ArcFace(
            len(self.ids),
            embedding=encoder.embedding,
            margin=classifier.margin,
            scale=classifier.scale,
        )

    def forward(self, waves_NS: Tensor | None, logmel_NBT: Tensor) -> Tensor:
        """Embeddings (N, D), as ArcFace sees them."""
        z_ND: Tensor = self.projection(self.encoder(waves_NS, logmel_NBT))
        return z_ND


def machine_ids(train: Clips) -> list[MachineId]:
    """The training clips' machine IDs, the classes, in order."""
    return sorted({(clip.machine, clip.id) for clip in train})


def labels_of(clips: Clips, ids: list[MachineId]) -> list[int]:
    """Each clip's class; -1 for an ID that isn't among them."""
    index = {one: label for label, one in enumerate(ids)}
    return [index.get((clip.machine, clip.id), -1) for clip in clips]


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
    """Train everything in the model to classify the machine ID; the last epoch's weights stay."""
    device = context.device
    labels = labels_of(train, model.ids)
    labels_N = torch.tensor(labels)
    torch.manual_seed(derive(context.seed, "contrast"))  # whether stage 1 was trained or loaded
    head = ProjectionHead(model.arcface.centres_CD.shape[1]) if config.contrast else None
    trained = nn.ModuleList([model, head] if head else [model])

    def step(indices: Tensor, _: torch.Generator) -> dict[str, Tensor]:
        label_N = upload(labels_N[indices], device)
        z_ND = model.encoder(*model.encoder.inputs(train, indices, device))
        projected_ND = model.projection(z_ND)
        loss = functional.cross_entropy(model.arcface(projected_ND, label_N), label_N)
        if head:
            contrast = supervised_contrastive(head(z_ND), label_N)
            loss = loss + config.contrast * contrast
        with torch.no_grad():
            right_N = model.arcface(projected_ND).argmax(dim=1) == label_N
        return {"loss": loss, "accuracy": right_N.float().mean()}

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


def embed(model: IdModel, clips: Clips, context: Context) -> Tensor:
    """Embeddings (N, D) of all clips, in fixed batches."""

    def one_batch(indices: Tensor) -> Tensor:
        z_ND: Tensor = model(*model.encoder.inputs(clips, indices, context.device))
        return z_ND

    batch = SCORING_BATCH if context.device == "cpu" else GPU_SCORING_BATCH
    return in_batches(one_batch, len(clips), batch=batch, numerics=context.numerics)


def score(
    model: IdModel,
    scoring: Scoring,
    train: Clips,
    test: Clips,
    context: Context,
) -> NDArray[np.float64]:
    """N scores, higher = more anomalous.

    To the classifier, a claimed ID without training clips is the likeliest ID of its machine type,
    or of all if the type has none either.
    """
    model.eval()
    z_ND = embed(model, test, context)
    if scoring.by == "classifier":
        return _classifier_score(model, scoring.margin, test, z_ND)
    metric = scoring.metric(derive(context.seed, "scoring"))
    reference = PerId(metric).fit(
        embed(model, train, context).cpu(), [(clip.machine, clip.id) for clip in train]
    )
    return reference.score(z_ND.cpu(), [(clip.machine, clip.id) for clip in test])


def _classifier_score(
    model: IdModel, margin: bool, test: Clips, z_ND: Tensor
) -> NDArray[np.float64]:
    labels = labels_of(test, model.ids)
    candidates = [
        [label]
        if label >= 0
        else [i for i, (machine, _) in enumerate(model.ids) if machine == clip.machine]
        or list(range(len(model.ids)))
        for clip, label in zip(test, labels, strict=True)
    ]
    scores = np.full(len(test), np.inf)
    with torch.inference_mode():
        for place in range(max(map(len, candidates))):
            claimed = [c[min(place, len(c) - 1)] for c in candidates]
            claimed_N = torch.tensor(claimed, device=z_ND.device)
            logits_NC = model.arcface(z_ND, claimed_N if margin else None)
            loss_N = functional.cross_entropy(logits_NC.double(), claimed_N, reduction="none")
            scores = np.minimum(scores, loss_N.cpu().numpy())
    return scores


def load_published(model: IdModel, weights: Published) -> None:
    """Replace the model's weights by a published checkpoint's; see docs/published-weights.md."""
    projection = model.projection if isinstance(model.projection, nn.Sequential) else None
    load_reference(
        weights.path,
        encoder=model.encoder,
        arcface=model.arcface,
        projection=projection,
        labels=[reference_label(machine, id_) for machine, id_ in model.ids],
    )


def adopt(model: IdModel, stage: Mapping[str, Tensor]) -> None:
    """Start from a pretrained stage's encoder and, where the model has one, its projection."""
    model.encoder.load_state_dict(_below("encoder.", stage))
    if isinstance(model.projection, nn.Sequential):
        head = _below("head.layers.", stage)
        model.projection.load_state_dict({n: t for n, t in head.items() if n[:2] in {"0.", "1."}})


def _below(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {n.removeprefix(prefix): t for n, t in tensors.items() if n.startswith(prefix)}
