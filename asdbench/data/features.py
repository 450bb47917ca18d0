"""Waveforms and log-mel of some clips on a device: kept there where they fit, else made anew.

Shapes: N clips, S samples, B mel bands, T frames.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor

from asdbench.config.frontend import Frontend
from asdbench.config.system import cores, memory
from asdbench.data.bank import Bank
from asdbench.data.kept import Kept, Places
from asdbench.data.mel import at_once, logmel

WAVES_SHARE, LOGMEL_SHARE = 0.4, 0.3  # of the GPU memory that this process may take


class Sound:
    """What some rows of a bank sound like, on one device: for all ``Clips`` chosen from the same.

    A GPU holds the waveforms as int16 (2 bytes a sample: all training clips of DCASE 2020 are
    11.6 GB), once a batch of them was asked for, if they are at most 0.4 of the memory that this
    process may take; else each batch is read from the bank, which is mapped into memory, and
    uploaded. On the CPU the mapped bank is all there is. The log-mel is kept if it is at most 0.3
    of that memory, or half of the share that one core has of the computer's; else it is computed
    with each batch. Its bits are the same either way.

    Each clip's are made and kept at most once, and those limits are for all of these clips: where
    not all fit, those are kept that are asked for first.
    """

    def __init__(self, bank: Bank, rows: Sequence[int], frontend: Frontend, device: str) -> None:
        self._bank, self._frontend = bank, frontend
        self.rows = np.asarray(rows, dtype=np.int64)
        self.device = torch.device(device)
        self.at_once = at_once(self.device)
        waves_room, logmel_room = _room_on(self.device)
        self.kept_waves = Kept(self.empty_waves, self.read, self.at_once, len(rows), waves_room)
        self.kept_logmel = Kept(self.empty_logmel, self.hear, self.at_once, len(rows), logmel_room)

    def empty_waves(self, clips: int) -> Tensor:
        """Room for so many clips' samples, (N, S) int16."""
        return torch.empty((clips, self._bank.length), dtype=torch.int16, device=self.device)

    def empty_logmel(self, clips: int) -> Tensor:
        """Room for so many clips' log-mel, (N, B, T) float32."""
        frames = self._frontend.frames(self._bank.length)
        return torch.empty((clips, self._frontend.n_mels, frames), device=self.device)

    def read(self, places: Places) -> Tensor:
        """Samples (N, S) int16 of the clips at these places, from the bank."""
        rows = self._bank.rows(self.rows[places].tolist())
        samples_NS: Tensor = upload(torch.from_numpy(rows), self.device)
        return samples_NS

    def hear(self, places: Places) -> Tensor:
        """The log-mel (N, B, T) of the clips at these places, computed from the bank."""
        return self.logmel_of(in_unit(self.read(places)))

    def logmel_of(self, waves_NS: Tensor) -> Tensor:
        """The log-mel (N, B, T) of these waveforms."""
        return logmel(waves_NS, self._frontend)


class Part:
    """Some of the clips of a ``Sound``, in an order of their own: what one ``Clips`` hears."""

    def __init__(self, sound: Sound, places: Sequence[int]) -> None:
        self._sound = sound
        self._places: Places = np.asarray(places, dtype=np.int64)
        self._is_all = np.array_equal(self._places, np.arange(len(sound.rows)))

    def waves(self, indices: Tensor | Sequence[int]) -> Tensor:
        """Waveforms in [-1, 1], (N, S) float32."""
        if self._waves_slots is None:
            return in_unit(self._sound.read(self._places[_numbers(indices)]))
        slots = self._chosen(self._waves_slots, indices)
        return in_unit(self._sound.kept_waves.tensor.index_select(0, slots))

    def logmel(self, indices: Tensor | Sequence[int]) -> Tensor:
        """Log-mel in dB, (N, B, T) float32."""
        if self._logmel_slots is None:
            return self._sound.logmel_of(self.waves(indices))
        slots = self._chosen(self._logmel_slots, indices)
        return self._sound.kept_logmel.tensor.index_select(0, slots)

    def all_logmel(self) -> Tensor:
        """The log-mel of every clip; of all that share their sound, the same tensor each time."""
        if self._logmel_slots is not None:
            kept_NBT = self._sound.kept_logmel.tensor
            return kept_NBT if self._is_all else kept_NBT.index_select(0, self._logmel_slots)
        # A tensor of inference mode could not be trained on later.
        with torch.inference_mode(False):
            found_NBT = self._sound.empty_logmel(len(self._places))
            places = torch.split(found_NBT, self._sound.at_once)
            for place_NBT, chunk_NBT in zip(places, self.logmel_chunks(), strict=True):
                place_NBT.copy_(chunk_NBT)
        return found_NBT

    def logmel_chunks(self) -> Iterator[Tensor]:
        """The log-mel of every clip in order, a few clips at a time; none of it is kept."""
        for start in range(0, len(self._places), self._sound.at_once):
            places = self._places[start : start + self._sound.at_once]
            known_NBT = self._sound.kept_logmel.known(places)
            yield self._sound.hear(places) if known_NBT is None else known_NBT

    @cached_property
    def _waves_slots(self) -> Tensor | None:
        return self._on_device_if_kept(self._sound.kept_waves.slots(self._places))

    @cached_property
    def _logmel_slots(self) -> Tensor | None:
        return self._on_device_if_kept(self._sound.kept_logmel.slots(self._places))

    def _on_device_if_kept(self, slots: Places | None) -> Tensor | None:
        return None if slots is None else self._on_device(torch.from_numpy(slots))

    def _chosen(self, slots: Tensor, indices: Tensor | Sequence[int]) -> Tensor:
        on_device = self._on_device(indices)
        return on_device if self._is_all else slots.index_select(0, on_device)

    def _on_device(self, indices: Tensor | Sequence[int]) -> Tensor:
        if not isinstance(indices, Tensor):
            indices = torch.as_tensor(indices, dtype=torch.int64)
        on_device: Tensor = upload(indices, self._sound.device)
        return on_device


def upload(x: Tensor, device: torch.device | str) -> Tensor:
    """A tensor on the device, without waiting for what a GPU is still doing."""
    return _upload(x, device)


def _upload(x: Tensor, device: torch.device | str) -> Tensor:
    if x.device.type == "cpu" and torch.device(device).type != "cpu":
        x = x.pin_memory()  # from other memory, the copy would wait
    return x.to(device, non_blocking=True)


def in_unit(samples_NS: Tensor) -> Tensor:
    """Samples of 16 bits as float32 in [-1, 1]."""
    return samples_NS.float().div_(32768.0)


def _numbers(indices: Tensor | Sequence[int]) -> list[int]:
    return indices.tolist() if isinstance(indices, Tensor) else list(indices)


def _room_on(device: torch.device) -> tuple[float, float]:
    """Bytes of the device's memory for waveforms and for log-mel."""
    if device.type == "cpu":
        return 0.0, _share_of_a_core() / 2
    free = _free_on_gpu()
    return WAVES_SHARE * free, LOGMEL_SHARE * free


def _free_on_gpu() -> float:
    """Bytes that this process may still take; what PyTorch holds in reserve counts."""
    free, total = torch.cuda.mem_get_info()
    taken = torch.cuda.memory_allocated()
    reserve = torch.cuda.memory_reserved() - taken
    allowed = torch.cuda.get_per_process_memory_fraction() * total
    return min(free + reserve, allowed - taken)


def _share_of_a_core() -> float:
    """Bytes of memory for each of as many cells as there are cores."""
    return memory() / cores()


def out_of_graphs() -> None:
    """Keep ``torch.compile`` out of what reads clips and moves them; before anything is compiled.

    A decorator would do the same, and load the compiler, for a second or two, for everyone.
    """
    for owner, name in _EAGER:
        function = getattr(owner, name)
        if not hasattr(function, "_torchdynamo_disable"):
            setattr(owner, name, torch.compiler.disable(function))  # type: ignore[no-untyped-call]


_HERE = sys.modules[__name__]
_EAGER: tuple[tuple[Any, str], ...] = (
    *((Part, name) for name in ("waves", "logmel", "all_logmel")),
    *((_HERE, name) for name in ("_upload", "_free_on_gpu", "_share_of_a_core")),
)
