"""Sound that is held in memory, as a bank: clips that come from nowhere on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from asdbench.config.frontend import Frontend
from asdbench.data.bank import Bank
from asdbench.data.clips import Clip, Clips
from asdbench.data.decode import Samples


@dataclass(frozen=True)
class HeldBank(Bank):
    """A bank whose samples (N, S) int16 are in memory."""

    samples: Samples = field(default_factory=lambda: np.zeros((0, 0), np.int16), repr=False)

    def rows(self, rows: Sequence[int] | slice) -> Samples:
        """The samples of these rows, ``(N, length)`` int16."""
        return self.samples[rows]


class _Hashes(Sequence[str]):
    """The hash of each clip's samples, made when it is asked for: scoring alone needs none."""

    def __init__(self, samples_NS: Samples) -> None:
        self._samples_NS = samples_NS

    def __len__(self) -> int:
        return len(self._samples_NS)

    def __getitem__(self, index: int) -> str:  # type: ignore[override]
        return hashlib.blake2b(self._samples_NS[index].data, digest_size=16).hexdigest()


def held_clips(samples_CNS: Samples, clips: Sequence[Clip], frontend: Frontend) -> Clips:
    """Clips whose samples (C channels, N clips, S samples) int16 are in memory."""
    channels, count, length = samples_CNS.shape
    every_NS = samples_CNS.reshape(channels * count, length)
    bank = HeldBank(
        path=Path(),
        rate=frontend.sample_rate,
        length=length,
        content=_Hashes(every_NS),
        samples=every_NS,
    )
    rows = [range(n * count, (n + 1) * count) for n in range(channels)]
    return Clips(clips, rows[0], bank, frontend, rows[1:])
