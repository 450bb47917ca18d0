"""What a person would write without asdbench: a dataset of files, stock PyTorch, a bare loop.

Shapes: N clips, S samples, B mel bands, T frames, C machine IDs.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import soundfile
import torch
from asdbench_methods._nets import ConvNorm
from asdbench_methods._prelu import PReLU
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

from asdbench.data.torchaudio_import import import_torchaudio

transforms = import_torchaudio().transforms

Read = Callable[[Path], Tensor]  # a file -> (S,)


class LogMel(nn.Module):
    """The reference's front end on one clip: (S,) -> (B, T)."""

    def __init__(self) -> None:
        super().__init__()
        self.mel = transforms.MelSpectrogram(16000, n_fft=1024, hop_length=512, n_mels=128)
        self.decibel = transforms.AmplitudeToDB(stype="power")

    def forward(self, wave_S: Tensor) -> Tensor:
        """Log-mel in dB."""
        mel_BT: Tensor = self.decibel(self.mel(wave_S))
        return mel_BT


class Files(Dataset[tuple[Tensor, Tensor, int]]):
    """Waveform, log-mel and class of each file, read and computed whenever asked for."""

    def __init__(self, files: Sequence[tuple[Path, int]], read: Read) -> None:
        self._files = files
        self._read = read
        self._logmel = LogMel()

    def __len__(self) -> int:
        return len(self._files)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor, int]:
        path, label = self._files[index]
        wave_S = self._read(path)
        return wave_S, self._logmel(wave_S), label


def with_soundfile(path: Path) -> Tensor:
    """A file's samples as float32."""
    return torch.from_numpy(soundfile.read(path, dtype="float32")[0])


def network(model: nn.Module) -> nn.Module:
    """A copy of stock layers only, in PyTorch's own memory format, with the same weights.

    Convolution, BatchNorm and PReLU one after the other, as the reference's net.py has them.
    """
    plain = copy.deepcopy(model).to(memory_format=torch.contiguous_format)
    for module in list(plain.modules()):
        for name, child in module.named_children():
            if isinstance(child, ConvNorm):
                setattr(module, name, _stock(child))
    assert not any(isinstance(module, ConvNorm | PReLU) for module in plain.modules())
    return plain


def _stock(layer: ConvNorm) -> nn.Sequential:
    activation: nn.Module = nn.Identity()
    if isinstance(layer.activation, PReLU):
        activation = nn.PReLU(layer.activation.num_parameters)
        activation.load_state_dict(layer.activation.state_dict())
    return nn.Sequential(layer.conv, layer.norm, activation).train(layer.training)


def loss_of(model: nn.Module, batch: tuple[Tensor, Tensor, Tensor]) -> Tensor:
    """The ID classifier's loss."""
    waves_NS, logmel_NBT, label_N = batch
    logits_NC = model.arcface(model(waves_NS, logmel_NBT), label_N)
    return functional.cross_entropy(logits_NC, label_N)


def epoch(
    model: nn.Module,
    optimiser: torch.optim.Optimizer,
    files: Dataset[tuple[Tensor, Tensor, int]],
    batches: Iterable[list[int]],
) -> list[float]:
    """One epoch over these batches; the loss of each."""
    model.train()
    losses = []
    for batch in DataLoader(files, batch_sampler=batches):
        loss = loss_of(model, batch)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses


def score(model: nn.Module, files: Dataset[tuple[Tensor, Tensor, int]]) -> list[float]:
    """Each file's score, one after the other."""
    model.eval()
    scores = []
    with torch.no_grad():
        for batch in DataLoader(files, batch_size=1):
            scores.append(loss_of(model, batch).item())
    return scores
