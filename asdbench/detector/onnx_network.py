"""A detector as one network, from samples to scores: front end, members, and what joins them.

Shapes: N clips, S samples, B mel bands, T frames, I machine IDs, P members.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from asdbench.config.frontend import Frontend
from asdbench.data.mel import SILENCE, mel_bands, window_of
from asdbench.detector.description import MachineId
from asdbench.detector.detector import Detector
from asdbench.training.fourier import PowerSpectrum, framed


class LogMel(nn.Module):
    """The log-mel of ``asdbench.data.mel`` without an FFT, power spectra in float64."""

    def __init__(self, frontend: Frontend) -> None:
        super().__init__()
        self.frontend = frontend
        self.spectrum = PowerSpectrum(frontend.n_fft)
        self.window: Tensor
        self.bands: Tensor
        self.register_buffer("window", window_of(frontend).double())
        bands_FB = mel_bands(frontend)
        places = int(self.spectrum.kept * self.spectrum.columns)
        scattered = bands_FB.new_zeros(places, frontend.n_mels)
        scattered[self.spectrum.order] = bands_FB
        self.register_buffer("bands", scattered)

    def forward(self, waves_NS: Tensor) -> Tensor:
        """Return the log-mel in dB (N, B, T) float32."""
        about, half = self.frontend, self.frontend.n_fft // 2
        before_NH = waves_NS[:, 1 : half + 1].flip(1)
        after_NH = waves_NS[:, -half - 1 : -1].flip(1)
        padded_NS = torch.cat([before_NH, waves_NS, after_NH], dim=1)
        frames_NTW = framed(padded_NS, about.n_fft, about.hop_length) * self.window
        power_NTF = self.spectrum.scattered(frames_NTW).float()
        if about.power != 2:
            power_NTF = power_NTF.pow(about.power / 2)
        mel_NTB = power_NTF @ self.bands
        return 10 * mel_NTB.clamp(min=SILENCE).log10().transpose(1, 2)


class DetectorNetwork(nn.Module):
    """Samples (N, S) float32 in [-1, 1] to scores (N, I) float32, one for each machine ID.

    Samples are rounded to 16 bits, as all recordings are. Raises ``ValueError`` where a member
    can't become a network, saying why.
    """

    def __init__(self, detector: Detector, ids: Sequence[MachineId]) -> None:
        super().__init__()
        about = detector.about
        self.logmel = LogMel(about.frontend)
        self.members = nn.ModuleList(
            _network(detector.members.of(place, ids[0][0]), member.label, ids, len(about.channels))
            for place, member in enumerate(about.members)
        )
        standings = [detector.standings.of(one) for one in ids]
        self.means: Tensor
        self.spreads: Tensor
        for name in ("means", "spreads"):
            of_ids_PI = np.concatenate([getattr(one, name) for one in standings], axis=1)
            self.register_buffer(name, torch.from_numpy(of_ids_PI))

    def forward(self, samples: Tensor) -> Tensor:
        """Return the scores (N, I)."""
        waves_NS = (samples * 32768).round().clamp(-32768, 32767) / 32768
        logmel_NBT = self.logmel(waves_NS)
        scores: list[Tensor] = [member(waves_NS, logmel_NBT).double() for member in self.members]
        if len(scores) == 1:
            return scores[0].float()
        every_NPI = (torch.stack(scores, dim=1) - self.means) / self.spreads
        combined_NI: Tensor = every_NPI.mean(dim=1).float()
        return combined_NI


def _network(method: Any, label: str, ids: Sequence[MachineId], channels: int) -> nn.Module:
    """One member's network."""
    if not hasattr(method, "as_network"):
        raise ValueError(f"{label} can't be exported: its method has no as_network")
    if channels > 1 and getattr(method, "multichannel", False):
        raise ValueError(f"{label} can't be exported: it hears {channels} channels, a network one")
    try:
        found: nn.Module = method.as_network(ids)
    except ValueError as error:
        raise ValueError(f"{label} can't be exported: {error}") from error
    return found
