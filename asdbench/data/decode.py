"""Decode sound and bring it to one form: mono, one rate, int16.

The rules (``docs/data.md`` states them for users) are versioned: change one, and raise ``RULES``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from asdbench.config.imports import imported
from asdbench.config.names import check_utf8
from asdbench.data.sound_files import Header, Read, header_of, no_samples, samples_of, unreadable

Samples = NDArray[np.int16]
RULES = 1
AUTO = "auto"
Channel = (
    int | str
)  # a channel's number from 0, "mean" of all, or "auto": mean of 2, else the first


class Source(Protocol):
    """Where a clip's sound comes from."""

    @property
    def identity(self) -> str:
        """Changes whenever the samples would: what a decoded copy is remembered by."""

    def header(self) -> Header: ...

    def read(self) -> Read | tuple[NDArray[Any], int]:
        """``(frames,)`` or ``(frames, channels)``, int16 or float in [-1, 1]; the rate in Hz.

        ``Read`` has notes as well: what has to be said of how it was read.
        """


@dataclass(frozen=True)
class FileSource:
    """A sound file, in any format that libsndfile reads, and which of its channels is heard.

    Example:
        >>> import numpy as np, soundfile
        >>> soundfile.write("some.wav", np.zeros(8), 16000)
        >>> FileSource(Path("some.wav")).header()
        Header(frames=8, rate=16000, channels=1)
    """

    path: Path
    channel: Channel = AUTO

    @property
    def identity(self) -> str:
        check_utf8(self.path)
        try:
            status = self.path.stat()
        except OSError as error:
            raise unreadable(self.path, error) from error
        # The last is when it was changed by whoever can set the one before.
        times = f"{status.st_mtime_ns}:{status.st_ctime_ns}"
        place = f"{self.path.resolve()}:{status.st_size}:{times}"
        return identity_of(place, self.channel)

    def header(self) -> Header:
        return header_of(str(self.path), self.path)

    def read(self) -> Read:
        return samples_of(str(self.path), self.path)


def identity_of(place: str, channel: Channel) -> str:
    """What a file's decoded copy is remembered by: its place alone by default, as ever."""
    return place if channel == AUTO else f"{place}:channel {channel}"


@dataclass(frozen=True)
class Generated:
    """Sound that is made: ``make()`` gives ``samples`` int16 samples at ``rate`` Hz.

    Example:
        >>> import numpy as np
        >>> from asdbench import Clip, Generated, Recording
        >>> silence = Generated("silence", lambda: np.zeros(16000, np.int16), 16000, 16000)
        >>> Recording(Clip("fan", "00", "development", "train", False), silence).source.header()
        Header(frames=16000, rate=16000, channels=1)
    """

    identity: str
    make: Callable[[], Samples]
    samples: int
    rate: int

    def header(self) -> Header:
        return Header(self.samples, self.rate, 1)

    def read(self) -> tuple[NDArray[Any], int]:
        return self.make(), self.rate


@dataclass(frozen=True)
class AsUsed:
    """What a clip of so many samples at ``rate`` Hz uses of a source."""

    source: Source
    rate: int
    length: int

    @property
    def identity(self) -> str:
        return f"{self.source.identity}:{self.length} samples"

    def header(self) -> Header:
        return Header(self.length, self.rate, 1)

    def read(self) -> tuple[NDArray[Any], int]:
        return fit(decode(self.source, self.rate).samples, self.length), self.rate


class Decoded(NamedTuple):
    """Mono int16 samples at the bank's rate, and what had to be done to get them."""

    samples: Samples
    notes: tuple[str, ...]


def length_at(header: Header, rate: int) -> int:
    """How many samples a source has once it is resampled to ``rate`` Hz."""
    return ceil(header.frames * ratio_of(rate, header.rate))


def ratio_of(rate: int, source_rate: int) -> Fraction:
    """How many samples come of one. A filter is as long as its denominator, so that is limited.

    Of rates that recorders have it is exact; of others, to a part in a million.
    """
    return Fraction(rate, source_rate).limit_denominator(100_000)


def decode(source: Source, rate: int) -> Decoded:
    """Read a source as mono int16 at ``rate`` Hz.

    Two channels are averaged; of more, the first is taken (a microphone array records one scene
    many times). Other rates are resampled by a polyphase filter. Floats beyond [-1, 1] are
    clipped. Raises ``ValueError``, naming the source, where there are no samples or some are not
    numbers.
    """
    found = Read(*source.read())
    samples, source_rate, notes = found.samples, found.rate, list(found.notes)
    name = getattr(source, "path", source.identity)
    if samples.dtype != np.int16 and samples.dtype.kind != "f":
        raise ValueError(f"{name} gives {samples.dtype} samples; give int16, or floats in [-1, 1]")
    if samples.shape[0] == 0:
        raise ValueError(no_samples(name))
    channel: Channel = getattr(source, "channel", AUTO)
    if samples.ndim == 2:
        samples, note = mono(samples, channel, name)
        notes.append(note)
    elif isinstance(channel, int) and channel > 0:
        raise ValueError(f"{name} has one channel, so there is no channel {channel + 1}")
    if samples.dtype != np.int16 and not np.isfinite(samples).all():
        raise ValueError(f"{name} holds NaN or infinite samples; replace it or take it out")
    if source_rate != rate:
        notes.append(f"resampled from {source_rate} Hz to {rate} Hz")
        samples = resampled(_floats(samples), ratio_of(rate, source_rate))
    if samples.dtype != np.int16:
        if np.abs(samples).max() > 1:
            notes.append("clipped to [-1, 1]")
        samples = to_int16(samples)
    return Decoded(np.ascontiguousarray(samples), tuple(notes))


def resampled(samples: NDArray[np.float64], ratio: Fraction) -> NDArray[np.float64]:
    """Samples at so many times their rate, by a polyphase filter; as they are for a ratio of 1."""
    if ratio == 1:
        return samples
    found: NDArray[np.float64] = imported("scipy.signal").resample_poly(
        samples, ratio.numerator, ratio.denominator
    )
    return found


def to_int16(samples: NDArray[np.floating[Any]]) -> Samples:
    """Floats as int16; what lies beyond [-1, 1] is clipped."""
    found: Samples = np.clip(np.rint(samples * 32768), -32768, 32767).astype(np.int16)
    return found


def mono(samples: NDArray[Any], channel: Channel, name: object) -> tuple[NDArray[Any], str]:
    """The channel that is heard of several, and the note of it."""
    channels = samples.shape[1]
    if channel == "mean" or (channel == AUTO and channels == 2):
        return _floats(samples).mean(axis=1), f"{channels} channels: averaged"
    number = 0 if channel == AUTO else int(channel)
    if number >= channels:
        raise ValueError(f"{name} has {channels} channels, so there is no channel {number + 1}")
    which = f"channel {number + 1}" if number else "the first"
    return samples[:, number], f"{channels} channels: took {which}"


def fit(samples: Samples, length: int) -> Samples:
    """Exactly ``length`` samples: the first ones, or the clip repeated until there are enough.

    Repeating keeps a short clip's sound; zeros would be a silence that no machine makes, and that
    every detector reports.
    """
    return samples[:length] if len(samples) >= length else np.resize(samples, length)


def _floats(samples: NDArray[Any]) -> NDArray[np.float64]:
    return samples / 32768.0 if samples.dtype == np.int16 else samples.astype(np.float64)
