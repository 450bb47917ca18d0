"""The settings of the one front end that every method hears through."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal


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

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if value != "auto" and not value > 0:
                raise ValueError(f"frontend {field.name} is {value}; it must be above 0")
        if self.win_length > self.n_fft:
            raise ValueError(
                f"frontend win_length is {self.win_length}, longer than n_fft = {self.n_fft}; "
                "set it to n_fft or less"
            )

    def frames(self, samples: int) -> int:
        """How many frames T a clip of S samples has."""
        return samples // self.hop_length + 1
