"""Random views of waveforms for contrastive learning between augmentations.

Every view is made on the waveform, so that whatever is computed from it differs between views:
masking the log-mel alone would leave the Tgram the same in both, a shortcut.

Shapes: N clips, S samples, F frequencies of the spectrum of a whole clip, R the rows (views) that
one change applies to.

Source: the changes are those of Hojjati and Armanfard, "Self-supervised acoustic anomaly
detection via contrastive learning", ICASSP 2022; how they are drawn and made is ours.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from asdbench.training import upload

Range = tuple[float, float]


@dataclass(frozen=True)
class Views:
    """Which changes a view may draw, how many, and how strong; ranges are drawn from uniformly.

    kinds: the changes to draw from; every view takes `each` of them, all different, and makes
        them in the order of CHANGES. Two by default: Chen et al. 2020 (fig. 5) find single
        changes too easy to match.
    noise_snr_db: white noise, ratio of the clip's power to the noise's.
    fade: lengths of the linear fades in and out, each a fraction of the clip.
    time_mask: fraction of the clip set to zero.
    band_stop: fraction of the mel range (0 Hz to half the sample rate) removed.
    shift: fraction of the clip by which it is rotated.
    pitch_semitones: up or down.
    gain_db: up or down; not clipped at 1.

    The lower ends keep a change from being none.
    """

    kinds: tuple[str, ...] = (
        "pitch",
        "shift",
        "noise",
        "band_stop",
        "fade",
        "time_mask",
        "gain",
    )
    each: int = 2
    noise_snr_db: Range = (-6.0, 6.0)
    fade: Range = (0.05, 0.5)
    time_mask: Range = (0.02, 0.1)
    band_stop: Range = (0.02, 0.1)
    shift: Range = (0.05, 0.95)
    pitch_semitones: Range = (0.5, 10.0)
    gain_db: Range = (1.0, 6.0)

    def __post_init__(self) -> None:
        unknown = [kind for kind in self.kinds if kind not in CHANGES]
        if unknown or len(set(self.kinds)) < len(self.kinds):
            raise ValueError(f"views kinds are {self.kinds}; choose from {tuple(CHANGES)}, once")
        if not 1 <= self.each <= len(self.kinds):
            raise ValueError(f"views each is {self.each}; it must be 1 to {len(self.kinds)}")
        for name in ("fade", "time_mask", "band_stop", "shift"):
            low, high = getattr(self, name)
            if not 0 < low <= high < 1:
                raise ValueError(f"views {name} is {(low, high)}; it must lie between 0 and 1")
        for name in ("noise_snr_db", "pitch_semitones", "gain_db"):
            low, high = getattr(self, name)
            if not low <= high:
                raise ValueError(f"views {name} is {(low, high)}; its ends are in wrong order")


def two_views(
    waves_NS: Tensor, views: Views, *, sample_rate: int, generator: torch.Generator
) -> Tensor:
    """Return two random views of each clip (2N, S): rows i and N + i are those of clip i.

    Every view draws its own changes and their strengths from `generator`, which is on the device
    of `waves_NS` (float32, [-1, 1]). No view equals its clip or its twin: where the changes had
    no effect, as on digital silence, noise of one 16-bit step is added.
    """
    draw = Draw(generator, sample_rate)
    views_RS = waves_NS.repeat(2, 1)
    # On a GPU, what is drawn there could only be read by waiting for it at every step; training
    # seeds the generator that PyTorch has on the CPU too.
    chooser = generator if draw.device.type == "cpu" else None
    order = torch.rand((len(views_RS), len(views.kinds)), generator=chooser)
    drawn = order.argsort(dim=1)[:, : views.each]
    for kind, change in CHANGES.items():
        if kind not in views.kinds:
            continue
        chosen = (drawn == views.kinds.index(kind)).any(dim=1).nonzero()[:, 0]
        rows = upload(chosen, draw.device)
        if len(rows):
            views_RS[rows] = change(views_RS[rows], views, draw)
    first_NS, second_NS = views_RS.chunk(2)
    first_same_N = (first_NS == waves_NS).all(dim=1)
    second_same_N = (second_NS == waves_NS).all(dim=1) | (second_NS == first_NS).all(dim=1)
    same_R1 = torch.cat((first_same_N, second_same_N))[:, None]
    if draw.device.type != "cpu" or same_R1.any():  # on a GPU, to ask would be to wait
        views_RS += same_R1 * draw.normal(*views_RS.shape) / 2**15
    return views_RS


@dataclass(frozen=True)
class Draw:
    """What the changes draw from, and the rate of the clips in Hz."""

    generator: torch.Generator
    sample_rate: int

    @property
    def device(self) -> torch.device:
        return self.generator.device

    def uniform(self, rows: int, low: float, high: float) -> Tensor:
        """Return one number a row (R, 1)."""
        u_R1 = torch.rand((rows, 1), generator=self.generator, device=self.device)
        return low + (high - low) * u_R1

    def signed(self, rows: int, low: float, high: float) -> Tensor:
        """Return one number a row (R, 1), its sign drawn too."""
        return self.uniform(rows, low, high) * self.uniform(rows, -1, 1).sign()

    def normal(self, rows: int, samples: int) -> Tensor:
        """Return white noise of standard deviation 1 (R, S)."""
        return torch.randn((rows, samples), generator=self.generator, device=self.device)


def change_pitch(waves_RS: Tensor, views: Views, draw: Draw) -> Tensor:
    """Play the clip faster or slower, from its start, repeating it where it ends too early.

    So the tempo changes with the pitch: keeping it takes a phase vocoder, which costs many times
    as much and smears impacts. What would pass half the sample rate is filtered out before; the
    clip is doubled in rate through its spectrum, then read between samples by a straight line,
    which costs up to 1.8 dB towards half the sample rate.
    """
    samples = waves_RS.shape[1]
    ratio_R1 = torch.exp2(draw.signed(len(waves_RS), *views.pitch_semitones) / 12)
    spectrum_RF = torch.fft.rfft(waves_RS)
    bins_F = torch.arange(spectrum_RF.shape[1], device=draw.device)
    spectrum_RF *= bins_F * ratio_R1 < samples / 2
    doubled_RS = 2 * torch.fft.irfft(spectrum_RF, n=2 * samples)
    # Positions in fixed point: at the end of a long clip float32 is a 30th of a sample off.
    at_RS = torch.arange(samples, device=draw.device) * (2 * ratio_R1 * 2**24).long()
    before_RS = (at_RS >> 24) % (2 * samples)
    after_RS = (before_RS + 1) % (2 * samples)
    between_RS = (at_RS & (2**24 - 1)).to(waves_RS.dtype) / 2**24
    return torch.lerp(doubled_RS.gather(1, before_RS), doubled_RS.gather(1, after_RS), between_RS)


def shift(waves_RS: Tensor, views: Views, draw: Draw) -> Tensor:
    """Rotate the clip in time."""
    samples = waves_RS.shape[1]
    by_R1 = (draw.uniform(len(waves_RS), *views.shift) * samples).long()
    at_RS = torch.arange(samples, device=draw.device) + by_R1
    return waves_RS.gather(1, at_RS.where(at_RS < samples, at_RS - samples))


def add_noise(waves_RS: Tensor, views: Views, draw: Draw) -> Tensor:
    """Add white noise at a ratio to the clip's own power; none to a silent clip."""
    snr_R1 = draw.uniform(len(waves_RS), *views.noise_snr_db)
    level_R1 = waves_RS.square().mean(dim=1, keepdim=True).sqrt() * _amplitude(-snr_R1)
    return torch.addcmul(waves_RS, draw.normal(*waves_RS.shape), level_R1)


def stop_band(waves_RS: Tensor, views: Views, draw: Draw) -> Tensor:
    """Remove one band, as wide on the mel scale wherever it lies, from the clip's spectrum."""
    mel_range = _hz_to_mel(draw.sample_rate / 2)
    width_R1 = draw.uniform(len(waves_RS), *views.band_stop)
    low_R1 = draw.uniform(len(waves_RS), 0, 1) * (1 - width_R1)
    spectrum_RF = torch.fft.rfft(waves_RS)
    hz_F = torch.linspace(0, draw.sample_rate / 2, spectrum_RF.shape[1], device=draw.device)
    low_hz_R1 = _mel_to_hz(low_R1 * mel_range)
    high_hz_R1 = _mel_to_hz((low_R1 + width_R1) * mel_range)
    spectrum_RF *= (hz_F < low_hz_R1) | (hz_F > high_hz_R1)
    stopped_RS: Tensor = torch.fft.irfft(spectrum_RF, n=waves_RS.shape[1])
    return stopped_RS


def fade(waves_RS: Tensor, views: Views, draw: Draw) -> Tensor:
    """Fade in from silence and out to it along straight lines."""
    rows, samples = waves_RS.shape
    forwards_S = torch.arange(samples, device=draw.device) / samples
    rise_RS = forwards_S / draw.uniform(rows, *views.fade)
    fall_RS = forwards_S.flip(0) / draw.uniform(rows, *views.fade)
    return waves_RS * torch.minimum(rise_RS, fall_RS).clamp(max=1)


def mask_time(waves_RS: Tensor, views: Views, draw: Draw) -> Tensor:
    """Set one stretch of the clip to zero."""
    rows, samples = waves_RS.shape
    length_R1 = draw.uniform(rows, *views.time_mask)
    start_R1 = draw.uniform(rows, 0, 1) * (1 - length_R1)
    at_S = torch.arange(samples, device=draw.device) / samples
    return waves_RS * ((at_S < start_R1) | (at_S > start_R1 + length_R1))


def change_gain(waves_RS: Tensor, views: Views, draw: Draw) -> Tensor:
    """Make the clip louder or quieter."""
    return waves_RS * _amplitude(draw.signed(len(waves_RS), *views.gain_db))


def _amplitude(decibels_R1: Tensor) -> Tensor:
    return torch.pow(10, decibels_R1 / 20)


def _hz_to_mel(hz: float) -> float:
    return 2595 * math.log10(1 + hz / 700)


def _mel_to_hz(mel_R1: Tensor) -> Tensor:
    return 700 * (torch.pow(10, mel_R1 / 2595) - 1)


CHANGES: dict[str, Callable[[Tensor, Views, Draw], Tensor]] = {
    "pitch": change_pitch,
    "shift": shift,
    "noise": add_noise,
    "band_stop": stop_band,
    "fade": fade,
    "time_mask": mask_time,
    "gain": change_gain,
}
