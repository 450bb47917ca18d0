"""A recording of any length as windows as long as a clip, read a piece at a time.

Shapes: N windows, S samples a window.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from asdbench.data.decode import (
    Channel,
    FileSource,
    Samples,
    decode,
    fit,
    length_at,
    mono,
    ratio_of,
    resampled,
    to_int16,
)
from asdbench.data.sound_files import opened

WHOLE = 120.0  # seconds; longer files are read a piece at a time
PIECE = 60  # seconds
MOST_CHANNELS = 64  # more of them than frames are frames
TAIL = 0.1  # of a window: what is left over at the end and shorter is not heard by itself


class Window(NamedTuple):
    """Samples (S,) int16 that are as long as a clip, and where they begin, in seconds."""

    start: float
    samples: Samples


@dataclass(frozen=True)
class Cut:
    """How a recording is cut: windows of ``length`` samples, ``hop`` samples apart.

    A recording that is shorter is repeated, as a short clip is. The last window ends where the
    recording ends, if more than a tenth of a window would be left over.
    """

    rate: int
    length: int
    hop: int

    def starts(self, samples: int) -> list[int]:
        """Where the windows of so many samples begin."""
        if samples <= self.length:
            return [0]
        found = list(range(0, samples - self.length + 1, self.hop))
        left = samples - self.length - found[-1]
        return [*found, samples - self.length] if left > TAIL * self.length else found


def windows_of(samples: Samples, cut: Cut) -> Iterator[Window]:
    """The windows of mono samples at the cut's rate."""
    for start in cut.starts(len(samples)):
        piece = samples[start : start + cut.length]
        yield Window(start / cut.rate, fit(piece, cut.length))


def repeated(samples: int, cut: Cut) -> list[str]:
    """The note of a recording that is shorter than a clip, as a dataset's notes have it."""
    return ["repeated up to the clip length"] if samples < cut.length else []


class Heard(NamedTuple):
    """A recording: its length in seconds, what had to be done to read it, and its windows."""

    seconds: float
    notes: tuple[str, ...]
    windows: Iterator[Window]


def heard(path: Path, channel: Channel, cut: Cut) -> Heard:
    """A sound file's windows; of a long one, no more is in memory than a minute.

    Raises ``ValueError``, naming the file, where it can't be read, holds nothing, or numbers that
    aren't finite; of a long file, maybe while its windows are read.
    """
    source = FileSource(path, channel)
    header = source.header()
    if header.frames <= WHOLE * header.rate:
        decoded = decode(source, cut.rate)
        seconds = len(decoded.samples) / cut.rate
        said = (*decoded.notes, *repeated(len(decoded.samples), cut))
        return Heard(seconds, said, windows_of(decoded.samples, cut))
    total = length_at(header, cut.rate)
    with opened(str(path), path) as (_, notes):
        pass
    if header.channels > 1:
        notes.append(mono(np.zeros((1, header.channels)), channel, path)[1])
    if header.rate != cut.rate:
        notes.append(f"resampled from {header.rate} Hz to {cut.rate} Hz")
    return Heard(total / cut.rate, tuple(notes), _long(source, cut, total))


def _long(source: FileSource, cut: Cut, total: int) -> Iterator[Window]:
    """The windows of a file that is read a piece at a time."""
    wanted = iter(cut.starts(total))
    start = next(wanted, None)
    first, known = 0, np.zeros(0, np.int16)  # samples from ``first`` on
    for piece in itertools.chain(_pieces(source, cut.rate), [None]):
        if piece is not None:
            known = np.concatenate([known, piece])
        while start is not None and start + cut.length <= first + len(known):
            at = start - first
            yield Window(start / cut.rate, known[at : at + cut.length])
            start = next(wanted, None)
        if start is None:
            return
        if start > first:
            known, first = known[start - first :], start


def _pieces(source: FileSource, rate: int) -> Iterator[Samples]:
    """A file's samples as ``decode`` has them, a minute at a time.

    Resampling gets as much of both neighbours as its filter hears.
    """
    with opened(str(source.path), source.path) as (file, _):
        ratio = ratio_of(rate, file.samplerate)
        down = ratio.denominator
        size = -(-PIECE * file.samplerate // down) * down
        beside = 0 if ratio == 1 else -(-(10 * max(ratio.numerator, down) + 1) // down) * down
        before = np.zeros(0)
        ahead = _read(file, size + beside, source)
        while len(ahead):
            here, after = ahead[:size], ahead[size:]
            found = to_int16(
                resampled(np.concatenate([before, here, after]), ratio)[
                    len(before) * ratio.numerator // down :
                ]
            )
            yield found[: -(-len(here) * ratio.numerator // down)]
            before = here[len(here) - beside :] if beside else before
            more = _read(file, size, source) if len(after) == beside else after[:0]
            ahead = np.concatenate([after, more])


def _read(file: Any, frames: int, source: FileSource) -> NDArray[np.float64]:
    found = file.read(frames, dtype="float64")
    if not np.isfinite(found).all():
        raise ValueError(f"{source.path} holds NaN or infinite samples; replace it or take it out")
    if found.ndim == 2:
        found = mono(found, source.channel, source.path)[0]
    one: NDArray[np.float64] = np.asarray(found, dtype=np.float64)
    return one


Piece = tuple[float, Samples]  # where a window begins, in seconds, and all its channels (C, S)


def joined(windows: Sequence[Window]) -> Piece:
    """The same window as each channel hears it, in one."""
    return windows[0].start, np.stack([window.samples for window in windows])


def adapted(
    samples: NDArray[Any], rate: int, to: int, channels: Sequence[Channel]
) -> tuple[list[Samples], list[str]]:
    """What each of these channels hears of samples in memory, and what had to be done for it.

    ``samples`` are (frames,) or (frames, channels), int16 or floats in [-1, 1]. Raises
    ``ValueError`` for others, for none, and for values that aren't finite.
    """
    sideways = samples.ndim == 2 and samples.shape[1] > max(MOST_CHANNELS, samples.shape[0])
    if samples.ndim not in {1, 2} or not samples.size or sideways:
        raise ValueError(f"samples of shape {samples.shape}: give (frames,) or (frames, channels)")
    if samples.dtype != np.int16 and samples.dtype.kind != "f":
        raise ValueError(f"samples of {samples.dtype}: give int16, or floats in [-1, 1]")
    if samples.dtype.kind == "f" and not np.isfinite(samples).all():
        raise ValueError("some samples are NaN or infinite")
    if isinstance(rate, bool) or not isinstance(rate, int | np.integer) or rate <= 0:
        raise ValueError(f"rate = {rate!r}: give a whole number of Hz")
    notes = [f"resampled from {rate} Hz to {to} Hz"] if rate != to else []
    found = []
    for channel in channels:
        one = samples
        if samples.ndim == 2 and samples.shape[1] > 1:
            one, note = mono(samples, channel, "the recording")
            notes.append(note)
        one = one.reshape(-1)
        if rate != to:
            scaled = one / 32768.0 if one.dtype == np.int16 else one.astype(np.float64)
            one = resampled(scaled, ratio_of(to, int(rate)))
        if one.dtype != np.int16 and np.abs(one).max() > 1:
            notes.append("clipped to [-1, 1]")
        found.append(np.ascontiguousarray(one if one.dtype == np.int16 else to_int16(one)))
    return found, list(dict.fromkeys(notes))
