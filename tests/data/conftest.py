"""What the tests of data share: caches of their own, small wav files, blind clips."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from asdbench.config.frontend import Frontend
from asdbench.data import features
from asdbench.data.clips import Clips
from asdbench.data.decode import FileSource

RATE = 16000


@dataclass(frozen=True)
class Cache:
    """A folder of banks."""

    folder: Path

    def banks(self) -> list[str]:
        return sorted(path.name for path in self.folder.glob("*.bank"))

    def left_over(self) -> list[str]:
        return sorted(path.name for path in self.folder.glob("building-*"))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cache:
    """A cache of the test's own."""
    monkeypatch.setenv("ASDBENCH_CACHE", str(tmp_path / "cache"))
    return Cache(tmp_path / "cache")


@pytest.fixture
def wav(tmp_path: Path) -> Callable[..., FileSource]:
    def make(name: str, samples: int, *, rate: int = RATE, seed: int = 0) -> FileSource:
        path = tmp_path / "wavs" / name
        path.parent.mkdir(exist_ok=True)
        noise = np.random.default_rng(seed).integers(-9999, 9999, samples).astype(np.int16)
        soundfile.write(path, noise, rate, subtype="PCM_16")
        return FileSource(path)

    return make


@pytest.fixture
def blind(small_clips: Clips) -> Clips:
    """32 clips of which nothing is kept: 2 machine types, 2 IDs of each, 8 clips an ID."""
    return small_clips.blind()


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Of how many clips log-mel was computed, each time."""
    counts: list[int] = []
    real = features.logmel

    def counting(waves_NS: torch.Tensor, frontend: Frontend) -> torch.Tensor:
        counts.append(len(waves_NS))
        return real(waves_NS, frontend)

    monkeypatch.setattr(features, "logmel", counting)
    return counts


@pytest.fixture
def tree(tmp_path: Path) -> Callable[..., str]:
    """Makes empty files at these places: a dataset declares recordings without opening any."""

    def make(*files: str, at: str = ".") -> str:
        root = tmp_path / at
        for file in files:
            path = root / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        return str(root)

    return make
