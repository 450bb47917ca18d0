"""ArcMix and Noisy-ArcMix: ArcFace on clips that are mixed with another of their batch.

Shapes: N clips, S samples, B mel bands, T frames, D embedding.

Source: Choi and Choi, "Noisy-ArcMix: additive noisy angular margin loss combined with mixup for
anomalous sound detection", ICASSP 2024; utils.py and trainer.py of their code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from ._losses import ArcFace

Mix = Literal["none", "arcmix", "noisy-arcmix"]


@dataclass(frozen=True)
class Blend:
    """How the clips of a batch are mixed: ``share`` of each, the rest of clip ``others`` (N,)."""

    share: Tensor
    others: Tensor

    @classmethod
    def drawn(cls, clips: int, alpha: float, generator: torch.Generator) -> Blend:
        """One share a batch, from Beta(alpha, alpha), and an order for the others.

        The share comes from torch's global generator, which each epoch seeds: Beta takes no other.
        """
        share = torch.distributions.Beta(alpha, alpha).sample()
        device = generator.device
        return cls(share.to(device), torch.randperm(clips, generator=generator, device=device))

    def of(self, inputs: tuple[Tensor | None, Tensor]) -> tuple[Tensor | None, Tensor]:
        """Waveforms (N, S), if there are any, and log-mel (N, B, T) in dB, each mixed by itself."""
        waves_NS, logmel_NBT = inputs
        return None if waves_NS is None else self._mixed(waves_NS), self._mixed(logmel_NBT)

    def _mixed(self, x: Tensor) -> Tensor:
        return self.share * x + (1 - self.share) * x[self.others]

    def loss(self, arcface: ArcFace, z_ND: Tensor, label_N: Tensor, mix: Mix) -> Tensor:
        """Cross-entropy with both classes of each clip, weighted by their shares: a scalar.

        ArcMix has the margin on the class that is asked for; Noisy-ArcMix has it on the first one,
        also where it is the second that is asked for.
        """
        other_N = label_N[self.others]
        logits_NC = arcface(z_ND, label_N)
        others_NC = logits_NC if mix == "noisy-arcmix" else arcface(z_ND, other_N)
        first = functional.cross_entropy(logits_NC, label_N)
        return self.share * first + (1 - self.share) * functional.cross_entropy(others_NC, other_N)
