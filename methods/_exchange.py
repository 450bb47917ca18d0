"""What makes harder classes out of a batch: mixed clips, exchanged statistics, exchanged features.

Each clip meets the one that is as far from the end of the batch as it is from the beginning.

Shapes: N clips, S samples, F frequencies, T frames, D embedding, C classes.

Source: Wilkinghoff, "Self-supervised learning for anomalous sound detection", ICASSP 2024; ssl4asd,
mixup_layer.py, statex_aug_layer_classwise.py and openl3_idea_aug_layer_classwise.py.
"""

from __future__ import annotations

import torch
from torch import Tensor

SMALLEST = 1e-16  # added to a deviation that is divided by


def mixed_waves(
    waves_NS: Tensor, shares_NC: Tensor, probability: float, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Clips mixed with another at a share drawn from 0 to 1, and the shares of their classes."""
    weight_N1 = torch.rand(len(waves_NS), 1, generator=generator, device=waves_NS.device)
    mixes_N1 = _chosen(len(waves_NS), probability, generator)[:, None]
    weight_N1 = torch.where(mixes_N1, weight_N1, 1.0)
    return _between(waves_NS, weight_N1), _between(shares_NC, weight_N1)


def exchanged_statistics(
    magnitude_NFT: Tensor, shares_NC: Tensor, probability: float, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Spectrograms, some with the mean and deviation over frequency of another's frames.

    Their classes are then new ones, half and half of both: shares (N, 3 C).
    """
    mean_N1T = magnitude_NFT.mean(dim=1, keepdim=True)
    deviation_N1T = magnitude_NFT.std(dim=1, keepdim=True, correction=0)
    level_NFT = (magnitude_NFT - mean_N1T) / (deviation_N1T + SMALLEST)
    exchanged_NFT = level_NFT * deviation_N1T.flip(0) + mean_N1T.flip(0)
    exchanges_N = _chosen(len(magnitude_NFT), probability, generator)
    found_NFT = torch.where(exchanges_N[:, None, None], exchanged_NFT, magnitude_NFT)
    return found_NFT, _new_classes(shares_NC, exchanges_N)


def exchanged_features(
    z_ND: Tensor, shares_NC: Tensor, probability: float, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """One branch's embeddings, some replaced by another clip's; shares (N, 3 C), as above."""
    exchanges_N = _chosen(len(z_ND), probability, generator)
    return torch.where(exchanges_N[:, None], z_ND.flip(0), z_ND), _new_classes(
        shares_NC, exchanges_N
    )


def _new_classes(shares_NC: Tensor, exchanges_N: Tensor) -> Tensor:
    none_NC = torch.zeros_like(shares_NC)
    as_they_are = torch.cat([shares_NC, none_NC, none_NC], dim=1)
    exchanged = torch.cat([none_NC, 0.5 * shares_NC, 0.5 * shares_NC.flip(0)], dim=1)
    return torch.where(exchanges_N[:, None], exchanged, as_they_are)


def _chosen(clips: int, probability: float, generator: torch.Generator) -> Tensor:
    return torch.rand(clips, generator=generator, device=generator.device) < probability


def _between(x: Tensor, weight_N1: Tensor) -> Tensor:
    return weight_N1 * x + (1 - weight_N1) * x.flip(0)
