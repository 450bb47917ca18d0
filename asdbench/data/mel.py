"""The one frontend that every method hears through: log-mel on any device.

Shapes: N clips, S samples, B mel bands, T frames.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from asdbench.config.frontend import Frontend

if TYPE_CHECKING:
    import torch
    from torch import Tensor

CHUNK, GPU_CHUNK = 2, 128
GROUP = 32  # mel bands that are computed at once, from the frequencies that they are made of
SILENCE = 1e-10  # power


def logmel(waves_NS: Tensor, frontend: Frontend) -> Tensor:
    """Log-mel spectrograms in dB, (N, B, T) float32, of waveforms in [-1, 1], (N, S).

    The values of torchaudio's MelSpectrogram with its defaults (HTK scale, no norm, periodic Hann,
    centred with reflection), then ``10 log10(max(x, 1e-10))``: digital silence is -100 dB, no
    top_db. Source: the front end of STgram-MFN (Liu et al., ICASSP 2022).

    Computed for a few clips at a time, which stay in a CPU's cache, and always for as many, since
    bits depend on a batch's shape: a clip's are the same in any company.
    """
    import torch

    clips, samples = waves_NS.shape
    if samples <= frontend.n_fft // 2:
        raise ValueError(
            f"clips of {samples} samples are too short for n_fft = {frontend.n_fft}; "
            "they need more than half of it"
        )
    chunk = at_once(waves_NS.device)
    shape = (clips, frontend.n_mels, frontend.frames(samples))
    mel_NBT = torch.empty(shape, device=waves_NS.device)
    with torch.autocast(waves_NS.device.type, enabled=False):
        for start in range(0, clips, chunk):
            part_NS = waves_NS[start : start + chunk].float()
            wanted = len(part_NS)
            if wanted < chunk:
                part_NS = torch.cat([part_NS, part_NS.new_zeros(chunk - wanted, samples)])
            mel_NBT[start : start + wanted] = _of_chunk(part_NS, frontend)[:wanted]
    return mel_NBT


def at_once(device: torch.device) -> int:
    """How many clips' log-mel is computed at once on a device."""
    return CHUNK if device.type == "cpu" else GPU_CHUNK


def _of_chunk(waves_NS: Tensor, frontend: Frontend) -> Tensor:
    import torch

    window, groups = _constants(frontend, waves_NS.device)
    half = frontend.n_fft // 2
    before_NH = waves_NS[:, 1 : half + 1].flip(1)
    after_NH = waves_NS[:, -half - 1 : -1].flip(1)
    padded_NS = torch.cat([before_NH, waves_NS, after_NH], dim=1)
    frames_NTW = padded_NS.unfold(1, frontend.n_fft, frontend.hop_length) * window
    real_NTF, imaginary_NTF = torch.view_as_real(torch.fft.rfft(frames_NTW)).unbind(dim=-1)
    power_NTF = torch.addcmul(real_NTF.square(), imaginary_NTF, imaginary_NTF)
    if frontend.power != 2:
        power_NTF = power_NTF.pow(frontend.power / 2)
    mel_NTB = torch.cat([power_NTF[:, :, part] @ bands_FB for part, bands_FB in groups], dim=2)
    return mel_NTB.clamp_(min=SILENCE).log10_().mul_(10).transpose(1, 2)


@lru_cache(maxsize=8)
def _constants(
    frontend: Frontend, device: torch.device
) -> tuple[Tensor, list[tuple[slice, Tensor]]]:
    """The window and the mel bands in groups.

    A group is the frequencies that any of its bands hears, and their weights (F, B): all others
    would be multiplied by zero, two thirds of the work.
    """
    import torch

    groups = []
    for bands_FB in torch.split(mel_bands(frontend), GROUP, dim=1):
        heard = bands_FB.any(dim=1).nonzero()[:, 0].tolist() or [0]
        part = slice(heard[0], heard[-1] + 1)
        groups.append((part, bands_FB[part].contiguous().to(device)))
    return window_of(frontend).to(device), groups


def window_of(frontend: Frontend) -> Tensor:
    """The window, with zeros on both sides up to ``n_fft``."""
    import torch

    before = (frontend.n_fft - frontend.win_length) // 2
    after = frontend.n_fft - frontend.win_length - before
    return torch.nn.functional.pad(torch.hann_window(frontend.win_length), (before, after))


def mel_bands(frontend: Frontend) -> Tensor:
    """How much of each frequency every mel band hears, (F, B)."""
    from asdbench.data.torchaudio_import import import_torchaudio

    found_FB: Tensor = import_torchaudio().functional.melscale_fbanks(
        frontend.n_fft // 2 + 1,
        0.0,
        frontend.sample_rate / 2,
        frontend.n_mels,
        frontend.sample_rate,
    )
    return found_FB
