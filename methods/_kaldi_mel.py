"""Kaldi's log-mel of several clips at once, as a network that can be exported.

Shapes: N clips, S samples at 16 kHz, T frames, W samples a frame, F frequencies, B mel bands.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from asdbench.training import PowerSpectrum, framed, kaldi

RATE = 16000  # Hz
WIDTH, HOP, POINTS = 400, 160, 512  # 25 ms, 10 ms, and what a frame is padded to
LOWEST = 20.0  # Hz
EMPHASIS = 0.97


class KaldiMel(nn.Module):
    """The values of ``torchaudio.compliance.kaldi.fbank`` with its defaults, but for the bands."""

    def __init__(self, bands: int) -> None:
        super().__init__()
        self.spectrum = PowerSpectrum(POINTS)
        self.window: Tensor
        self.bands: Tensor
        window_W = torch.hann_window(WIDTH, periodic=False, dtype=torch.float64).pow(0.85)
        self.register_buffer("window", window_W)
        mel_BF, _ = kaldi().get_mel_banks(bands, POINTS, RATE, LOWEST, 0.0, 100.0, -500.0, 1.0)
        self.register_buffer("bands", functional.pad(mel_BF, (0, 1)).T.contiguous())

    def forward(self, waves_NS: Tensor) -> Tensor:
        """Return the log-mel (N, T, B) of waveforms as large as 16-bit integers."""
        frames_NTW = framed(waves_NS, WIDTH, HOP).double()
        frames_NTW = frames_NTW - frames_NTW.mean(dim=2, keepdim=True)
        before_NTW = torch.cat([frames_NTW[:, :, :1], frames_NTW[:, :, :-1]], dim=2)
        heard_NTW = (frames_NTW - EMPHASIS * before_NTW) * self.window
        power_NTF = self.spectrum(functional.pad(heard_NTW, (0, POINTS - WIDTH)))
        mel_NTB = power_NTF.float() @ self.bands
        logarithm_NTB: Tensor = mel_NTB.clamp(min=torch.finfo(torch.float32).eps).log()
        return logarithm_NTB
