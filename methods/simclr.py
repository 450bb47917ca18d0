"""Contrastive pretraining on augmented views, then ID classification."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from asdbench import Clips, Context, Scope, added, tunable

from ._classes import Labels
from ._fields import above_zero, at_least
from ._id_model import Batching, Classifier
from ._id_scoring import scorer_of
from ._losses import nt_xent
from ._memory import ByScorer
from ._nets import EncoderConfig
from ._scoring import Scoring
from ._two_stage import BatchLoss, EncoderWithHead, Stage1, fit_two_stages
from ._views import Views, two_views


@dataclass(frozen=True)
class ViewPretraining:
    """Stage 1: NT-Xent between two views of each clip, both made on the waveform."""

    epochs: int = 101
    lr: float = tunable(5e-4, low=1e-5, high=1e-2, log=True)
    batch: Batching = Batching()
    temperature: float = tunable(0.1, low=0.03, high=0.5, log=True)
    views: Views = Views()

    def __post_init__(self) -> None:
        at_least(0, epochs=self.epochs)
        above_zero(lr=self.lr, temperature=self.temperature)


@dataclass
class SimCLR(ByScorer):
    """Encoder pretrained by contrast between augmented views, then trained to classify IDs.

    Stage 1 after Chen et al., "A simple framework for contrastive learning of visual
    representations", ICML 2020, with views after Hojjati and Armanfard, ICASSP 2022; all else as in
    id_contrastive. ``classifier.epochs = 0`` with another ``scoring.by`` scores stage 1 alone.
    """

    scope: ClassVar[Scope] = "dataset"
    paper: ClassVar[str] = "https://arxiv.org/abs/2002.05709"
    code: ClassVar[str] = "https://github.com/google-research/simclr"
    bibtex: ClassVar[str] = """
        @inproceedings{chen2020simple,
          author = {Chen, Ting and Kornblith, Simon and Norouzi, Mohammad and Hinton, Geoffrey},
          title = {A Simple Framework for Contrastive Learning of Visual Representations},
          booktitle = {International Conference on Machine Learning (ICML)},
          year = {2020}
        }
    """

    encoder: EncoderConfig = EncoderConfig()
    pretraining: ViewPretraining = ViewPretraining()
    classifier: Classifier = Classifier(margin=1.0, projection=True)
    scoring: Scoring = Scoring()
    labels: Labels = added("id")

    def fit(self, train: Clips, context: Context) -> None:
        self.model_ = fit_two_stages(self, _contrast_views, train, context)
        self.scorer_ = scorer_of(self.model_, self.scoring, train, context)


def _contrast_views(stage: Stage1[ViewPretraining], train: Clips, context: Context) -> BatchLoss:
    config = stage.pretraining

    # FFTs and gathers: nothing for a compiler to fuse.
    @torch.compiler.disable  # type: ignore[untyped-decorator]
    def views(indices: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        waves_NS = train.waves(indices, context.device)
        with torch.autocast(context.device, enabled=False):
            views_MS = two_views(
                waves_NS, config.views, sample_rate=train.sample_rate, generator=generator
            )
        return views_MS, train.frontend(views_MS)

    def loss(network: EncoderWithHead, indices: Tensor, generator: torch.Generator) -> Tensor:
        return nt_xent(network(*views(indices, generator)), temperature=config.temperature)

    return loss
