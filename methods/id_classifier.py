"""The ID classifier: a network that tells machine IDs apart doubts the anomalous clips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch

from asdbench import Clips, Context, Scope, added, derive

from ._classes import Labels
from ._classify import Classified, classify
from ._id_model import Classifier, IdModel, load_published
from ._id_scoring import check_scoring, scorer_of
from ._memory import ByScorer
from ._nets import EncoderConfig
from ._scoring import Scoring
from ._weights import REMARK, PublishedWeights


@dataclass
class IdClassifier(ByScorer):
    """MobileFaceNet classifier of machine IDs with ArcFace, trained from scratch.

    STgram-MFN: Liu et al., "Anomalous sound detection using spectral-temporal information fusion",
    ICASSP 2022. With ``weights``, a published checkpoint is scored with instead of training.
    """

    scope: ClassVar[Scope] = "dataset"
    paper: ClassVar[str] = "https://arxiv.org/abs/2201.05510"
    code: ClassVar[str] = "https://github.com/liuyoude/STgram-MFN"
    bibtex: ClassVar[str] = """
        @inproceedings{liu2022anomalous,
          author = {Liu, Youde and Guan, Jian and Zhu, Qiaoxi and Wang, Wenwu},
          title = {Anomalous Sound Detection using Spectral-Temporal Information Fusion},
          booktitle = {IEEE Int. Conf. on Acoustics, Speech and Signal Processing (ICASSP)},
          year = {2022}
        }
    """

    encoder: EncoderConfig = EncoderConfig()
    classifier: Classifier = Classifier(margin=0.7)
    scoring: Scoring = Scoring()
    weights: PublishedWeights | None = None
    labels: Labels = added("id")

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader of its row must know."""
        return (*super().remarks, *((REMARK,) if self.weights else ()))

    def fit(self, train: Clips, context: Context) -> None:
        check_scoring(self.scoring, train, self.labels, self.classifier.epochs)
        torch.manual_seed(derive(context.seed, "model"))
        self.model_ = IdModel(self.encoder, self.classifier, train, self.labels)
        self.model_.to(context.device)
        if self.weights:
            load_published(self.model_, self.weights)
        else:
            config = Classified(self.encoder, self.classifier, self.labels)
            classify(self.model_, config, train, context)
        self.scorer_ = scorer_of(self.model_, self.scoring, train, context)
