"""Waveforms and log-mel of some clips on a device: kept there where they fit, else made anew.

Shapes: N clips, S samples, B mel bands, T frames.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from asdbench.bank import Bank
from asdbench.frontend import Frontend, logmel

AT_ONCE = 8  # clips that are read
WAVES_SHARE, LOGMEL_SHARE = 0.4, 0.3  # of a GPU's free memory


class Sound:
    """What some rows of a bank sound like, on one device.

    A GPU holds the waveforms as int16 (2 bytes a sample: all training clips of DCASE 2020 are
    11.6 GB) if that is at most 0.4 of its free memory; else each batch is read from the bank, which
    is mapped into memory, and uploaded. On the CPU the mapped bank is all there is. The log-mel is
    kept if it is at most 0.3 of a GPU's free memory, or half of the share that one core has of the
    computer's; else it is computed with each batch. Its bits are the same either way.
    """

    def __init__(self, bank: Bank, rows: Sequence[int], frontend: Frontend, device: str) -> None:
        self._bank, self._rows, self._frontend = bank, rows, frontend
        self._device = torch.device(device)
        self._frames = frontend.frames(bank.length)
        self._waves: Tensor | None = None
        self._logmel: Tensor | None = None
        if self._on_gpu and 2 * len(rows) * bank.length <= WAVES_SHARE * self._free():
            self._waves = torch.empty((len(rows), bank.length), dtype=torch.int16, device=device)
            for start, part in self._chunks():
                self._waves[start : start + len(part)] = self._read(part)
        logmel_bytes = 4 * len(rows) * frontend.n_mels * self._frames
        self._keeps_logmel = logmel_bytes <= (
            LOGMEL_SHARE * self._free() if self._on_gpu else _share_of_a_core() / 2
        )

    @torch.compiler.disable  # type: ignore[untyped-decorator]
    def waves(self, indices: Tensor | Sequence[int]) -> Tensor:
        """Waveforms in [-1, 1], (N, S) float32."""
        if self._waves is None:
            samples_NS = self._read([self._rows[i] for i in _numbers(indices)])
        else:
            samples_NS = self._waves[torch.as_tensor(indices, device=self._device)]
        return samples_NS.float().div_(32768.0)

    @torch.compiler.disable  # type: ignore[untyped-decorator]
    def logmel(self, indices: Tensor | Sequence[int]) -> Tensor:
        """Log-mel in dB, (N, B, T) float32."""
        if self._keeps_logmel:
            return self.all_logmel()[torch.as_tensor(indices, device=self._device)]
        return logmel(self.waves(indices), self._frontend)

    def all_logmel(self) -> Tensor:
        """The log-mel of every clip, the same tensor each time."""
        if self._logmel is None:
            shape = (len(self._rows), self._frontend.n_mels, self._frames)
            # A tensor of inference mode could not be trained on later.
            with torch.inference_mode(False):
                self._logmel = torch.empty(shape, device=self._device)
                places = torch.split(self._logmel, AT_ONCE)
                for place_NBT, chunk_NBT in zip(places, self.logmel_chunks(), strict=True):
                    place_NBT.copy_(chunk_NBT)
        return self._logmel

    def logmel_chunks(self) -> Iterator[Tensor]:
        """The log-mel of every clip in order, a few clips at a time; none of it is kept."""
        for start, part in self._chunks():
            yield logmel(self.waves(range(start, start + len(part))), self._frontend)

    @property
    def _on_gpu(self) -> bool:
        return self._device.type != "cpu"

    def _free(self) -> float:
        return float(torch.cuda.mem_get_info(self._device)[0])

    def _chunks(self) -> Iterator[tuple[int, Sequence[int]]]:
        for start in range(0, len(self._rows), AT_ONCE):
            yield start, self._rows[start : start + AT_ONCE]

    def _read(self, rows: Sequence[int]) -> Tensor:
        samples_NS = torch.from_numpy(self._bank.rows(list(rows)))
        if self._on_gpu:
            return samples_NS.pin_memory().to(self._device, non_blocking=True)
        return samples_NS


def _numbers(indices: Tensor | Sequence[int]) -> list[int]:
    return indices.tolist() if isinstance(indices, Tensor) else list(indices)


def _share_of_a_core() -> float:
    """Bytes of memory for each of as many cells as there are cores."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / (os.cpu_count() or 1)
