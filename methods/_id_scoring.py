"""How the ID methods score: by the classifier, or by distance to the ID's training clips.

Shapes: N clips, D embedding, C classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from asdbench import Clip, Clips, Context, derive
from asdbench.training import in_batches

from ._classes import Labels, check_classes
from ._embedding import embeddings_of
from ._id_model import IdModel
from ._memory import ClipScorer, TrainingMemory
from ._references import MachineId
from ._scoring import Scoring

# Clips; fixed, since bits depend on the batch's shape. On a CPU, maps of 16 stay in the cache.
SCORING_BATCH, GPU_SCORING_BATCH = 16, 256


def check_scoring(scoring: Scoring, train: Clips, labels: Labels, epochs: int) -> None:
    """Raise ``ValueError`` where there will be no classifier to score by."""
    if scoring.by != "classifier":
        return
    if not epochs:
        raise ValueError("classifier.epochs = 0 leaves no classifier; use another scoring.by")
    check_classes(train, labels)


def scorer_of(model: IdModel, scoring: Scoring, train: Clips, context: Context) -> ClipScorer:
    """What scores clips by a trained model: its classifier, or a memory of its training clips."""
    model.eval()
    if scoring.by == "classifier":
        return Likelihood(model, scoring.margin, context)
    seed = derive(context.seed, "scoring")
    return TrainingMemory(scoring, Embed(model, context), context, seed=seed).fit(train)


@dataclass(frozen=True)
class Embed:
    """Clips' embeddings by a trained model."""

    model: IdModel
    context: Context

    def __call__(self, clips: Clips) -> Tensor:
        """Embeddings (N, D)."""
        return embed(self.model, clips, self.context)

    def as_network(self) -> nn.Module:
        """The same as a network."""
        return self.model


def embed(model: IdModel, clips: Clips, context: Context) -> Tensor:
    """Embeddings (N, D) of all clips, in fixed batches; made once for all ways to score."""

    def computed(clips: Clips) -> Tensor:
        def one_batch(indices: Tensor) -> Tensor:
            z_ND: Tensor = model(*model.encoder.inputs(clips, indices, context.device))
            return z_ND

        batch = SCORING_BATCH if context.device == "cpu" else GPU_SCORING_BATCH
        return in_batches(one_batch, len(clips), batch=batch, numerics=context.numerics)

    return embeddings_of(model, clips, context, computed)


@dataclass(frozen=True)
class Likelihood:
    """Minus the log probability, to the classifier, of what a clip claims to be.

    A clip is of the likeliest class that clips of its machine ID are of; for an ID without training
    clips, that is one of its machine type, or of all if that has none either.
    """

    model: IdModel
    margin: bool
    context: Context

    def score(self, test: Clips) -> NDArray[np.float64]:
        """N scores, higher = more anomalous."""
        z_ND = embed(self.model, test, self.context)
        candidates = [self.model.classes.claimed(clip) for clip in test]
        scores = np.full(len(test), np.inf)
        with torch.inference_mode():
            for place in range(max(map(len, candidates))):
                claimed = [c[min(place, len(c) - 1)] for c in candidates]
                claimed_N = torch.tensor(claimed, device=z_ND.device)
                logits_NC = self.model.arcface(z_ND, claimed_N if self.margin else None)
                loss_N = functional.cross_entropy(logits_NC.double(), claimed_N, reduction="none")
                scores = np.minimum(scores, loss_N.cpu().numpy())
        return scores

    def train_scores(self, train: Clips) -> NDArray[np.float64]:
        """N scores of the training clips, which the network has seen."""
        return self.score(train)

    def as_network(self, ids: Sequence[MachineId]) -> nn.Module:
        """The scores as if clips were of each of these machine IDs, as a network."""
        clips = [Clip(machine, id_, "evaluation", "test", None) for machine, id_ in ids]
        claimed = [self.model.classes.claimed(clip) for clip in clips]
        return LikelihoodNetwork(self.model, claimed, margin=self.margin)


class LikelihoodNetwork(nn.Module):
    """Minus the log probability of the likeliest of the J classes that an ID's clips may be of."""

    def __init__(self, model: IdModel, claimed: Sequence[Sequence[int]], *, margin: bool) -> None:
        super().__init__()
        self.model, self.margin = model, margin
        most = max(map(len, claimed))
        labels = [[of_id[min(n, len(of_id) - 1)] for n in range(most)] for of_id in claimed]
        self.labels_IJ: Tensor
        self.itself_CC: Tensor
        self.register_buffer("labels_IJ", torch.tensor(labels))
        self.register_buffer("itself_CC", torch.eye(len(model.classes), dtype=torch.bool))

    def forward(self, waves_NS: Tensor, logmel_NBT: Tensor) -> Tensor:
        """Return one score for each machine ID (N, I)."""
        arcface = self.model.arcface
        cos_NC = arcface.cosines(self.model(waves_NS, logmel_NBT))
        target_NC = arcface.with_margin(cos_NC) if self.margin else cos_NC
        # Row c has what all classes get of a clip that is taken for one of class c.
        taken_NCC = torch.where(self.itself_CC, target_NC[:, :, None], cos_NC[:, None])
        all_NC = (arcface.scale * taken_NCC).double().logsumexp(dim=2)
        loss_NC = all_NC - (arcface.scale * target_NC).double()
        return loss_NC[:, self.labels_IJ].amin(dim=2)
