"""Waveforms to make views of, and views that made one change alone."""

from __future__ import annotations

import math

import torch
from asdbench_methods._views import Views, two_views
from torch import Tensor

RATE = 16_000
SAMPLES = 8_000


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def noise(clips: int = 16, samples: int = SAMPLES) -> Tensor:
    return 0.1 * torch.randn(clips, samples, generator=seeded(99))


def sine(hz: float, samples: int = SAMPLES) -> Tensor:
    return torch.sin(2 * math.pi * hz * torch.arange(samples) / RATE)


def alone(kind: str, waves: Tensor, *, seed: int = 0) -> Tensor:
    """Views that made this one change."""
    return two_views(waves, Views(kinds=(kind,), each=1), sample_rate=RATE, generator=seeded(seed))


def ratio_db(changed: Tensor, to: Tensor) -> Tensor:
    return 10 * torch.log10(changed.square().mean(dim=1) / to.square().mean(dim=1))
