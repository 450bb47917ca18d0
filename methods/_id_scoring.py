"""How the three ID methods score: by the classifier, or by distance to the ID's training clips.

Shapes: N clips, D embedding, C classes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from asdbench import Clips, Context, added, derive
from asdbench.training import in_batches

from ._classes import Labels, check_classes
from ._fields import above_zero, at_least
from ._id_model import IdModel
from ._scoring import Mahalanobis, Mixture, Neighbours, PerId

# Clips; fixed, since bits depend on the batch's shape. On a CPU, maps of 16 stay in the cache.
SCORING_BATCH, GPU_SCORING_BATCH = 16, 256


@dataclass(frozen=True)
class Scoring:
    """What makes a score out of the trained model.

    ``by`` "classifier": minus the log softmax probability of the ID that the clip claims, with the
    ArcFace margin left on it as the reference does (``margin``; without it scores tie in float32).
    Else the distance of the embedding to those of the ID's training clips: to the nearest of
    ``components`` Gaussians, to the nearest ``neighbours``, or Mahalanobis'. ``density`` makes it
    relative to that of so many training clips nearby, and ``domains`` "apart" takes the smallest of
    the standardised distances to each domain.
    """

    by: Literal["classifier", "mixture", "neighbours", "mahalanobis"] = "classifier"
    margin: bool = True
    components: int = 2
    regularisation: float = 1e-3
    neighbours: int = 1
    domains: Literal["together", "apart"] = added("together")
    density: int = added(0)

    def __post_init__(self) -> None:
        at_least(1, components=self.components, neighbours=self.neighbours)
        at_least(0, density=self.density)
        above_zero(regularisation=self.regularisation)
        if self.by == "classifier" and (self.domains == "apart" or self.density):
            raise ValueError(
                'scoring.domains and scoring.density balance distances; scoring.by = "classifier" '
                'has none, so use scoring.by = "neighbours" or another'
            )

    def check(self, train: Clips, labels: Labels, epochs: int) -> None:
        """Raise ``ValueError`` where there will be no classifier to score by."""
        if self.by != "classifier":
            return
        if not epochs:
            raise ValueError("classifier.epochs = 0 leaves no classifier; use another scoring.by")
        check_classes(train, labels)

    def metric(self, seed: int) -> Mixture | Neighbours | Mahalanobis:
        """How far an embedding is from others."""
        if self.by == "mixture":
            return Mixture(self.components, self.regularisation, seed)
        return Neighbours(self.neighbours) if self.by == "neighbours" else Mahalanobis()


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

    To the classifier, a clip is of the likeliest class that clips of its machine ID are of; for an
    ID without training clips, that is one of its machine type, or of all if that has none either.
    """
    model.eval()
    z_ND = embed(model, test, context)
    if scoring.by == "classifier":
        return _classifier_score(model, scoring.margin, test, z_ND)
    reference = _reference(model, scoring, train, context)
    return reference.score(z_ND.cpu(), [(clip.machine, clip.id) for clip in test])


def train_scores(
    model: IdModel, scoring: Scoring, train: Clips, context: Context
) -> NDArray[np.float64]:
    """N scores of the training clips; distances as if a clip had not been learned from.

    The network has seen them all the same.
    """
    if scoring.by == "classifier":
        return score(model, scoring, train, train, context)
    model.eval()
    return _reference(model, scoring, train, context).train_scores()


def _reference(model: IdModel, scoring: Scoring, train: Clips, context: Context) -> PerId:
    metric = scoring.metric(derive(context.seed, "scoring"))
    return PerId(metric, apart=scoring.domains == "apart", density=scoring.density).fit(
        embed(model, train, context).cpu(),
        [(clip.machine, clip.id) for clip in train],
        [clip.domain for clip in train],
    )


def _classifier_score(
    model: IdModel, margin: bool, test: Clips, z_ND: Tensor
) -> NDArray[np.float64]:
    candidates = [model.classes.claimed(clip) for clip in test]
    scores = np.full(len(test), np.inf)
    with torch.inference_mode():
        for place in range(max(map(len, candidates))):
            claimed = [c[min(place, len(c) - 1)] for c in candidates]
            claimed_N = torch.tensor(claimed, device=z_ND.device)
            logits_NC = model.arcface(z_ND, claimed_N if margin else None)
            loss_N = functional.cross_entropy(logits_NC.double(), claimed_N, reduction="none")
            scores = np.minimum(scores, loss_N.cpu().numpy())
    return scores
