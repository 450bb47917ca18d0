"""The one frontend that every method hears through: log-mel on any device.

Shapes: N clips, S samples, B mel bands, T frames.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn


@dataclass(frozen=True)
class Frontend:
    """How a waveform becomes a log-mel spectrogram; the defaults are the reference's.

    ``clip_seconds`` is the length that clips are cut or repeated to; "auto" is the length that
    most of a dataset's clips have. Windows and hops are in samples.
    """

    sample_rate: int = 16000
    clip_seconds: float | Literal["auto"] = "auto"
    n_fft: int = 1024
    win_length: int = 1024
    hop_length: int = 512
    n_mels: int = 128
    power: float = 2.0

    def frames(self, samples: int) -> int:
        """How many frames T a clip of S samples has."""
        return samples // self.hop_length + 1


def logmel(waves_NS: Tensor, frontend: Frontend) -> Tensor:
    """Log-mel spectrograms in dB, (N, B, T) float32, of waveforms in [-1, 1], (N, S).

    torchaudio's MelSpectrogram with its defaults (HTK scale, no norm, periodic Hann, centred with
    reflection), then ``10 log10(max(x, 1e-10))``: digital silence is -100 dB, no top_db. Source:
    the front end of STgram-MFN (Liu et al., ICASSP 2022).
    """
    import torch

    to_mel, to_decibel = _transforms(frontend, waves_NS.device)
    with torch.autocast(waves_NS.device.type, enabled=False):
        mel_NBT: Tensor = to_decibel(to_mel(waves_NS.float()))
    return mel_NBT


@lru_cache(maxsize=8)
def _transforms(frontend: Frontend, device: torch.device) -> tuple[nn.Module, nn.Module]:
    from asdbench.torchaudio_import import import_torchaudio

    transforms = import_torchaudio().transforms
    mel = transforms.MelSpectrogram(
        sample_rate=frontend.sample_rate,
        n_fft=frontend.n_fft,
        win_length=frontend.win_length,
        hop_length=frontend.hop_length,
        n_mels=frontend.n_mels,
        power=frontend.power,
    )
    return mel.to(device), transforms.AmplitudeToDB(stype="power").to(device)
