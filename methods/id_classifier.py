"""The ID classifier: a network that tells machine IDs apart doubts the anomalous clips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray

from asdbench import Clips, Context, Scope, added, derive

from ._classes import Labels
from ._id_model import Classifier, IdModel, load_published, train_classifier
from ._id_scoring import Scoring, score, train_scores
from ._nets import EncoderConfig
from ._weights import PublishedWeights


@dataclass
class IdClassifier:
    """MobileFaceNet classifier of machine IDs with ArcFace, trained from scratch.

    STgram-MFN: Liu et al., "Anomalous sound detection using spectral-temporal information fusion",
    ICASSP 2022. With ``weights``, a published checkpoint is scored with instead of training.
    """

    scope: ClassVar[Scope] = "dataset"

    encoder: EncoderConfig = EncoderConfig()
    classifier: Classifier = Classifier(margin=0.7)
    scoring: Scoring = Scoring()
    weights: PublishedWeights | None = None
    labels: Labels = added("id")

    def fit(self, train: Clips, context: Context) -> None:
        self.scoring.check(train, self.labels, self.classifier.epochs)
        torch.manual_seed(derive(context.seed, "model"))
        self.model_ = IdModel(self.encoder, self.classifier, train, self.labels)
        self.model_.to(context.device)
        self._train, self._context = train, context
        if self.weights:
            load_published(self.model_, self.weights)
        else:
            train_classifier(self.model_, self.classifier, train, context)

    def score(self, test: Clips) -> NDArray[np.float64]:
        """Minus the log probability of the claimed ID, or what ``scoring`` says."""
        return score(self.model_, self.scoring, self._train, test, self._context)

    def train_scores(self, train: Clips) -> NDArray[np.float64]:
        """Scores of the training clips: distances without themselves, else as ``score``."""
        return train_scores(self.model_, self.scoring, train, self._context)
