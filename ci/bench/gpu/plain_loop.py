"""The loop that a person would write: files read by CPU workers, eager float32, as the reference.

Workers read a wav with soundfile and compute its log-mel; SimCLR's make two views first.
"""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

import plain
import recordings
import torch
from asdbench_methods._views import Views, two_views
from part import Setting, wait
from torch import Tensor
from torch.utils.data import DataLoader, Dataset
from work import METHODS, RATE, Size, Step, loss_of

WORKERS = 16


class TwoViews(Dataset[tuple[Tensor, Tensor, int]]):
    """Two views of each file, with their log-mel: (2, S), (2, B, T)."""

    def __init__(self, files: plain.Files) -> None:
        self._files, self._logmel = files, plain.LogMel()

    def __len__(self) -> int:
        return len(self._files)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor, int]:
        wave_S, _, label = self._files[index]
        generator = torch.Generator().manual_seed(index)
        views_2S = two_views(wave_S[None], Views(), sample_rate=RATE, generator=generator)
        return views_2S, self._logmel(views_2S), label


class PlainLoop:
    """One method's loop over files; the network's weights are asdbench's first ones."""

    def __init__(self, method: str, size: Size, step: Step, folder: Path, setting: Setting) -> None:
        assert method in METHODS
        self._method, self._device = method, setting.device
        self._model = plain.network(step.network).train()
        self._adam = torch.optim.Adam(self._model.parameters(), lr=1e-4)
        found = _written(folder, size)
        files = plain.Files(found, partial(_first, int(size.seconds * RATE)))
        data = TwoViews(files) if method == "simclr" else files
        workers = setting.size(WORKERS, 2)
        self._loader = DataLoader(
            data,
            size.batch,
            shuffle=True,
            drop_last=True,
            num_workers=workers,
            pin_memory=not setting.tiny,
            persistent_workers=True,
        )

    def clips_a_second(self, seconds: float) -> float:
        """Clips a second from the second epoch on, over so many seconds at least."""
        self._epoch()
        clips, began = 0, time.perf_counter()
        while time.perf_counter() - began < seconds or not clips:
            clips += self._epoch()
        return clips / (time.perf_counter() - began)

    def _epoch(self) -> int:
        clips = 0
        for waves, logmels, labels in self._loader:
            waves_NS, logmel_NBT = (self._flat(one) for one in (waves, logmels))
            label_N = labels.to(self._device)
            z_ND = self._model(waves_NS, logmel_NBT)
            loss = loss_of(self._method, self._model, z_ND, label_N)
            self._adam.zero_grad()
            loss.backward()
            self._adam.step()
            loss.item()
            clips += len(labels)
        wait(self._device)
        return clips

    def _flat(self, values: Tensor) -> Tensor:
        if self._method == "simclr":  # first views of all clips, then their second ones
            values = values.transpose(0, 1).flatten(0, 1)
        return values.to(self._device)


def _first(samples: int, path: Path) -> Tensor:
    return plain.with_soundfile(path)[:samples]


def _written(folder: Path, size: Size) -> list[tuple[Path, int]]:
    """The files, written once."""
    if not folder.exists():
        recordings.write(folder, size.clips)
    paths = sorted(folder.rglob("*.wav"))
    return [(path, place % 6) for place, path in enumerate(paths)]
