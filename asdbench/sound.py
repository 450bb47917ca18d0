"""Waveforms and log-mel of some clips on a device: kept there where they fit, else made anew.

Shapes: N clips, S samples, B mel bands, T frames.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from asdbench.bank import Bank
from asdbench.computer import cores, memory
from asdbench.frontend import Frontend, at_once, logmel

WAVES_SHARE, LOGMEL_SHARE = 0.4, 0.3  # of the GPU memory that this process may take


class Sound:
    """What some rows of a bank sound like, on one device.

    A GPU holds the waveforms as int16 (2 bytes a sample: all training clips of DCASE 2020 are
    11.6 GB), once a batch of them was asked for, if that is at most 0.4 of the memory that this
    process may take; else each batch is read from the bank, which is mapped into memory, and
    uploaded. On the CPU the mapped bank is all there is. The log-mel is kept if it is at most 0.3
    of that memory, or half of the share that one core has of the computer's; else it is computed
    with each batch. Its bits are the same either way.
    """

    def __init__(self, bank: Bank, rows: Sequence[int], frontend: Frontend, device: str) -> None:
        self._bank, self._rows, self._frontend = bank, rows, frontend
        self._device = torch.device(device)
        self._at_once = at_once(self._device)
        self._frames = frontend.frames(bank.length)
        self._waves: Tensor | None = None
        self._logmel: Tensor | None = None
        self._keeps_waves = (
            self._on_gpu and 2 * len(rows) * bank.length <= WAVES_SHARE * _free_on_gpu()
        )
        self._keeps_logmel = 4 * len(rows) * frontend.n_mels * self._frames <= (
            LOGMEL_SHARE * _free_on_gpu() if self._on_gpu else _share_of_a_core() / 2
        )

    @torch.compiler.disable  # type: ignore[untyped-decorator]
    def waves(self, indices: Tensor | Sequence[int]) -> Tensor:
        """Waveforms in [-1, 1], (N, S) float32."""
        if self._keeps_waves:
            samples_NS = self._all_waves().index_select(0, self._on_device(indices))
        else:
            samples_NS = self._read([self._rows[i] for i in _numbers(indices)])
        return samples_NS.float().div_(32768.0)

    @torch.compiler.disable  # type: ignore[untyped-decorator]
    def logmel(self, indices: Tensor | Sequence[int]) -> Tensor:
        """Log-mel in dB, (N, B, T) float32."""
        if self._keeps_logmel:
            return self.all_logmel().index_select(0, self._on_device(indices))
        return logmel(self.waves(indices), self._frontend)

    def all_logmel(self) -> Tensor:
        """The log-mel of every clip; the same tensor each time where it is kept."""
        if self._logmel is not None:
            return self._logmel
        shape = (len(self._rows), self._frontend.n_mels, self._frames)
        # A tensor of inference mode could not be trained on later.
        with torch.inference_mode(False):
            found_NBT = torch.empty(shape, device=self._device)
            places = torch.split(found_NBT, self._at_once)
            for place_NBT, chunk_NBT in zip(places, self.logmel_chunks(), strict=True):
                place_NBT.copy_(chunk_NBT)
        if self._keeps_logmel:
            self._logmel = found_NBT
        return found_NBT

    def logmel_chunks(self) -> Iterator[Tensor]:
        """The log-mel of every clip in order, a few clips at a time; none of it is kept."""
        for _, samples_NS in self._chunks():
            yield logmel(samples_NS.float().div_(32768.0), self._frontend)

    def _all_waves(self) -> Tensor:
        if self._waves is None:
            shape = (len(self._rows), self._bank.length)
            self._waves = torch.empty(shape, dtype=torch.int16, device=self._device)
            for start, samples_NS in self._chunks():
                self._waves[start : start + len(samples_NS)] = samples_NS
        return self._waves

    def _chunks(self) -> Iterator[tuple[int, Tensor]]:
        """Where each chunk of clips starts, and its samples (N, S) int16."""
        for start in range(0, len(self._rows), self._at_once):
            yield start, self._read(self._rows[start : start + self._at_once])

    def _read(self, rows: Sequence[int]) -> Tensor:
        samples_NS: Tensor = upload(torch.from_numpy(self._bank.rows(list(rows))), self._device)
        return samples_NS

    def _on_device(self, indices: Tensor | Sequence[int]) -> Tensor:
        on_device: Tensor = upload(torch.as_tensor(indices), self._device)
        return on_device

    @property
    def _on_gpu(self) -> bool:
        return self._device.type != "cpu"


@torch.compiler.disable  # type: ignore[untyped-decorator]
def upload(x: Tensor, device: torch.device | str) -> Tensor:
    """A tensor on the device, without waiting for what a GPU is still doing."""
    if x.device.type == "cpu" and torch.device(device).type != "cpu":
        x = x.pin_memory()  # from other memory, the copy would wait
    return x.to(device, non_blocking=True)


def _numbers(indices: Tensor | Sequence[int]) -> list[int]:
    return indices.tolist() if isinstance(indices, Tensor) else list(indices)


@torch.compiler.disable  # type: ignore[untyped-decorator]
def _free_on_gpu() -> float:
    """Bytes that this process may still take; what PyTorch holds in reserve counts."""
    free, total = torch.cuda.mem_get_info()
    taken = torch.cuda.memory_allocated()
    reserve = torch.cuda.memory_reserved() - taken
    allowed = torch.cuda.get_per_process_memory_fraction() * total
    return min(free + reserve, allowed - taken)


@torch.compiler.disable  # type: ignore[untyped-decorator]
def _share_of_a_core() -> float:
    """Bytes of memory for each of as many cells as there are cores."""
    return memory() / cores()
