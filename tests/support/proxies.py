"""Small datasets in memory, and proxy tasks that are made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from waves import RATE, noise

from asdbench.config.seeds import derive
from asdbench.data.clips import Clip, Recording
from asdbench.data.decode import Generated
from asdbench.data.proxy.dataset import Proxy


@dataclass(frozen=True)
class Listed:
    """A dataset of just these recordings."""

    items: Sequence[Any]

    def recordings(self) -> list[Any]:
        return list(self.items)


def source(name: str, wave: np.ndarray, rate: int = RATE) -> Generated:
    samples = np.rint(wave * 32768).astype(np.int16)
    return Generated(name, lambda: samples, len(samples), rate)


def train(machine: str, id: str, count: int) -> list[Recording]:
    """Half a second each, no two alike."""
    return [
        Recording(
            Clip(machine, id, "development", "train", False, f"normal_id_{id}_{i}.wav"),
            source(f"{machine} {id} {i}", noise(derive(i, machine, id), 0.5)),
        )
        for i in range(count)
    ]


def proxy(*groups: list[Recording], **fields: Any) -> list[Recording]:
    return Proxy(Listed([r for group in groups for r in group]), **fields).recordings()


def split(recordings: list[Recording], which: str) -> list[Recording]:
    return [r for r in recordings if r.clip.split == which]
