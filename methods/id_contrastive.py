"""The proposed method: contrastive pretraining on machine IDs, then ID classification."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from asdbench import Clips, Context, Scope, added, tunable
from asdbench.training import upload

from ._classes import Classes, Labels
from ._fields import above_zero, at_least
from ._id_model import Batching, Classifier
from ._id_scoring import scorer_of
from ._losses import supervised_contrastive
from ._memory import ByScorer
from ._nets import EncoderConfig
from ._scoring import Scoring
from ._two_stage import BatchLoss, EncoderWithHead, Stage1, fit_two_stages
from ._weights import REMARK, PublishedWeights


@dataclass(frozen=True)
class IdPretraining:
    """Stage 1: supervised contrastive learning with the machine ID as the label.

    ``self_in_denominator`` counts the anchor among what it is told from, as the reference does and
    Khosla et al. don't.
    """

    epochs: int = 101
    lr: float = tunable(5e-4, low=1e-5, high=1e-2, log=True)
    batch: Batching = Batching()
    temperature: float = tunable(0.1, low=0.03, high=0.5, log=True)
    self_in_denominator: bool = True

    def __post_init__(self) -> None:
        at_least(0, epochs=self.epochs)
        above_zero(lr=self.lr, temperature=self.temperature)


@dataclass
class IdContrastive(ByScorer):
    """Encoder pretrained by contrast between machine IDs, then trained to classify them.

    CLP-SCF: Guan et al., "Anomalous sound detection using audio representation with machine ID
    based contrastive learning pretraining", ICASSP 2023. With ``weights``, a published checkpoint
    is scored with instead of training.
    """

    scope: ClassVar[Scope] = "dataset"
    paper: ClassVar[str] = "https://arxiv.org/abs/2304.03588"
    code: ClassVar[str] = "https://github.com/liuyoude/STgram-MFN-Contrastive"
    bibtex: ClassVar[str] = """
        @inproceedings{guan2023anomalous,
          author = {Guan, Jian and Xiao, Feiyang and Liu, Youde and Zhu, Qiaoxi and Wang, Wenwu},
          title = {Anomalous Sound Detection using Audio Representation with Machine {ID} based
            Contrastive Learning Pretraining},
          booktitle = {IEEE Int. Conf. on Acoustics, Speech and Signal Processing (ICASSP)},
          year = {2023}
        }
    """

    encoder: EncoderConfig = EncoderConfig()
    pretraining: IdPretraining = IdPretraining()
    classifier: Classifier = Classifier(margin=1.0, projection=True)
    scoring: Scoring = Scoring()
    weights: PublishedWeights | None = None
    labels: Labels = added("id")

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader of its row must know."""
        return (*super().remarks, *((REMARK,) if self.weights else ()))

    def fit(self, train: Clips, context: Context) -> None:
        self.model_ = fit_two_stages(self, _contrast_ids, train, context, weights=self.weights)
        self.scorer_ = scorer_of(self.model_, self.scoring, train, context)


def _contrast_ids(stage: Stage1[IdPretraining], train: Clips, context: Context) -> BatchLoss:
    config = stage.pretraining
    labels_N = torch.tensor(Classes.of(train, stage.labels).label(train))

    def loss(network: EncoderWithHead, indices: Tensor, _: torch.Generator) -> Tensor:
        return supervised_contrastive(
            network(*network.encoder.inputs(train, indices, context.device)),
            upload(labels_N[indices], context.device),
            temperature=config.temperature,
            self_in_denominator=config.self_in_denominator,
        )

    return loss
