"""The two branches of AdaCos: one hears a clip's whole spectrum, one its spectrogram.

No layer has a bias. Convolutions are padded as Keras' "same" does, weights start after Glorot.

Shapes: N clips, S samples, C channels, L places of the spectrum, F frequencies, T frames,
D embedding.

Source: ssl4asd, main_statex+featex.py (model_emb_cnn). There, the magnitude spectrogram has all
513 frequencies, whatever its limits say; here too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from asdbench.training import PowerSpectrum, framed

WINDOW, HOP = 1024, 512
FREQUENCIES = WINDOW // 2 + 1
KERAS: dict[str, Any] = {"eps": 1e-3, "momentum": 0.01}  # Keras' BatchNorm, in torch's terms
STAGES = (1, 2, 4, 8)  # times the channels of the first
FEWEST_FRAMES = 9  # of which one is left after all strides


class SpectrumBranch(nn.Module):
    """Embed the magnitudes of a clip's Fourier transform: what sounds, whenever it does."""

    def __init__(self, samples: int, *, width: int, embedding: int) -> None:
        super().__init__()
        self.samples = samples
        layers: list[nn.Module] = []
        channels, places = 1, samples // 2
        for kernel, stride in ((256, 64), (64, 32), (16, 4)):
            layers += [Same1d(channels, width, kernel, stride), nn.ReLU(), Excite(width)]
            channels, places = width, -(-places // stride)
        layers.append(nn.Flatten())
        inputs = places * width
        for _ in range(4):
            layers += [_linear(inputs, width), nn.BatchNorm1d(width, **KERAS), nn.ReLU()]
            inputs = width
        self.layers = nn.Sequential(*layers, _linear(inputs, embedding))

    def forward(self, waves_NS: Tensor) -> Tensor:
        """Return the embeddings (N, D)."""
        with torch.autocast(waves_NS.device.type, enabled=False):
            magnitude_NL = torch.fft.rfft(waves_NS.float()).abs()[:, : waves_NS.shape[1] // 2]
        z_ND: Tensor = self.layers(magnitude_NL.unsqueeze(1))
        return z_ND


class SpectrogramBranch(nn.Module):
    """Embed a magnitude spectrogram less its mean over time: what changes."""

    def __init__(self, *, width: int, embedding: int) -> None:
        super().__init__()
        self.level = nn.BatchNorm1d(FREQUENCIES, **KERAS)
        self.stem = nn.Sequential(
            Same2d(1, width, 7, 2), nn.BatchNorm2d(width, **KERAS), nn.ReLU(), nn.MaxPool2d(3, 2)
        )
        blocks: list[nn.Module] = []
        incoming, frequencies = width, (-(-FREQUENCIES // 2) - 3) // 2 + 1
        for times in STAGES:
            outgoing = width * times
            stride = 1 if times == 1 else 2
            blocks += [Residual(incoming, outgoing, stride), Residual(outgoing, outgoing, 1)]
            incoming, frequencies = outgoing, -(-frequencies // stride)
        self.blocks = nn.Sequential(*blocks)
        flat = incoming * frequencies
        self.embed = nn.Sequential(nn.BatchNorm1d(flat, **KERAS), _linear(flat, embedding))

    def forward(self, magnitude_NFT: Tensor) -> Tensor:
        """Return the embeddings (N, D), of the maximum over time."""
        x_NFT = self.level(magnitude_NFT - magnitude_NFT.mean(dim=2, keepdim=True))
        x_NCFT = self.blocks(self.stem(x_NFT.unsqueeze(1)))
        z_ND: Tensor = self.embed(x_NCFT.amax(dim=3).flatten(1))
        return z_ND


def magnitudes(waves_NS: Tensor) -> Tensor:
    """Magnitude spectrograms (N, F, T), windows not centred. Raises where a clip is too short."""
    frames = (waves_NS.shape[1] - WINDOW) // HOP + 1
    if frames < FEWEST_FRAMES:
        least = (FEWEST_FRAMES - 1) * HOP + WINDOW
        raise ValueError(f"clips have {waves_NS.shape[1]} samples; adacos needs {least} at least")
    window = torch.hann_window(WINDOW, device=waves_NS.device)
    with torch.autocast(waves_NS.device.type, enabled=False):
        return torch.stft(
            waves_NS.float(), WINDOW, HOP, window=window, center=False, return_complex=True
        ).abs()


class WithoutFft(nn.Module):
    """The embeddings of both branches from power spectra by matrix products: to be exported."""

    def __init__(self, spectrum: SpectrumBranch, spectrogram: SpectrogramBranch) -> None:
        super().__init__()
        self.spectrum, self.spectrogram = spectrum, spectrogram
        self.whole, self.short = PowerSpectrum(spectrum.samples), PowerSpectrum(WINDOW)
        self.window: Tensor
        self.register_buffer("window", torch.hann_window(WINDOW))

    def forward(self, waves_NS: Tensor, logmel_NBT: Tensor) -> Tensor:
        """Return the embeddings (N, 2 D), of length 1 in both branches together."""
        magnitude_NL = self.whole(waves_NS).sqrt().float()[:, : self.spectrum.samples // 2]
        frames_NTW = framed(waves_NS, WINDOW, HOP) * self.window
        magnitude_NFT = self.short(frames_NTW).sqrt().float().transpose(1, 2)
        parts = (
            self.spectrum.layers(magnitude_NL.unsqueeze(1)),
            self.spectrogram(magnitude_NFT),
        )
        return functional.normalize(torch.cat(parts, dim=1), dim=1)


class Residual(nn.Module):
    """Normalise, then add what two convolutions with squeeze and excitation make of it."""

    def __init__(self, incoming: int, outgoing: int, stride: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(incoming, **KERAS)
        self.layers = nn.Sequential(
            nn.ReLU(),
            Same2d(incoming, outgoing, 3, stride),
            nn.BatchNorm2d(outgoing, **KERAS),
            nn.ReLU(),
            Same2d(outgoing, outgoing, 3, 1),
            Excite(outgoing),
        )
        self.shortcut: nn.Module = nn.Identity()
        if stride > 1:
            pool = nn.MaxPool2d(2, ceil_mode=True)
            self.shortcut = nn.Sequential(pool, Same2d(incoming, outgoing, 1, 1))

    def forward(self, x_NCFT: Tensor) -> Tensor:
        """Return the feature map, halved (rounded up) where the stride is 2."""
        y_NCFT = self.norm(x_NCFT)
        found_NCFT: Tensor = self.shortcut(y_NCFT) + self.layers(y_NCFT)
        return found_NCFT


class Excite(nn.Module):
    """Weigh each channel by what all channels' means say of it (squeeze and excitation)."""

    def __init__(self, channels: int, ratio: int = 16) -> None:
        super().__init__()
        few = max(1, channels // ratio)
        self.layers = nn.Sequential(
            _linear(channels, few), nn.ReLU(), _linear(few, channels), nn.Sigmoid()
        )

    def forward(self, x_NC: Tensor) -> Tensor:
        """Return the same shape, (N, C, ...)."""
        weight_NC: Tensor = self.layers(x_NC.flatten(2).mean(dim=2))
        return x_NC * weight_NC.reshape(*weight_NC.shape, *[1] * (x_NC.ndim - 2))


class Same1d(nn.Conv1d):
    """A convolution whose output is as long as its input over the stride, rounded up."""

    def __init__(self, incoming: int, outgoing: int, kernel: int, stride: int) -> None:
        super().__init__(incoming, outgoing, kernel, stride, bias=False)
        nn.init.xavier_uniform_(self.weight)

    def forward(self, x_NCL: Tensor) -> Tensor:
        """Return the convolution of the padded input."""
        return super().forward(
            functional.pad(x_NCL, _padding(x_NCL, self.kernel_size, self.stride))
        )


class Same2d(nn.Conv2d):
    """The same in two dimensions."""

    def __init__(self, incoming: int, outgoing: int, kernel: int, stride: int) -> None:
        super().__init__(incoming, outgoing, kernel, stride, bias=False)
        nn.init.xavier_uniform_(self.weight)

    def forward(self, x_NCFT: Tensor) -> Tensor:
        """Return the convolution of the padded input."""
        return super().forward(
            functional.pad(x_NCFT, _padding(x_NCFT, self.kernel_size, self.stride))
        )


def _padding(x: Tensor, kernels: Sequence[int], strides: Sequence[int]) -> list[int]:
    """What Keras' "same" adds before and after each dimension, the last one first."""
    found: list[int] = []
    for length, kernel, stride in zip(x.shape[2:], kernels, strides, strict=True):
        total = max(0, (-(-length // stride) - 1) * stride + kernel - length)
        found = [total // 2, total - total // 2, *found]
    return found


def _linear(inputs: int, outputs: int) -> nn.Linear:
    layer = nn.Linear(inputs, outputs, bias=False)
    nn.init.xavier_uniform_(layer.weight)
    return layer
