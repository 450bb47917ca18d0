"""Sound files as libsndfile reads them, and what has to be said of how they were read."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from asdbench.config.files import refuse_pipe
from asdbench.config.names import check_utf8
from asdbench.data.flac import total_of
from asdbench.data.mended import Mended
from asdbench.data.promised import ends_early
from asdbench.data.riff import extent_of

if TYPE_CHECKING:
    import soundfile

SUFFIXES = (
    *(".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".aifc"),
    *(".au", ".caf", ".rf64", ".w64"),
)
RATES = (100, 5_000_000)  # Hz; what isn't within can't be right for a machine's sound
AT_ONCE = 1 << 24  # samples: 17 minutes at 16 kHz
MOST_A_BYTE = 1 << 13  # frames: FLAC has at most 65,535 in a block, and no block of 8 bytes
_EXACT = {"PCM_16", "PCM_S8", "PCM_U8"}
_LOSSY = ("VORBIS", "OPUS", "MPEG", "GSM", "G721", "G723", "NMS", "VOX", "IMA_ADPCM", "MS_ADPCM")
CUT_OFF = "cut off: the file ends before its header says"
HIDDEN = "more sound than the header tells of: all of it was read"


class Header(NamedTuple):
    """What a source says of itself before it is decoded: frames, rate in Hz, channels."""

    frames: int
    rate: int
    channels: int


class Read(NamedTuple):
    """``(frames,)`` or ``(frames, channels)``, the rate in Hz, and what is to be said of them."""

    samples: NDArray[Any]
    rate: int
    notes: tuple[str, ...] = ()


def header_of(file: str | BinaryIO, name: object) -> Header:
    """What a sound file says of itself. Raises ``ValueError`` with ``name`` if it isn't one."""
    with opened(file, name) as (sound, _):
        return Header(sound.frames, sound.samplerate, sound.channels)


def samples_of(file: str | BinaryIO, name: object) -> Read:
    """A sound file's samples. Raises ``ValueError`` with ``name`` if it isn't one."""
    with opened(file, name) as (sound, notes):
        kind = "int16" if sound.subtype in _EXACT else "float64"
        first, *more = _pieces(sound, kind)
        samples = np.concatenate([first, *more]) if more else first
        if len(samples) < sound.frames and CUT_OFF not in notes:
            notes.append(CUT_OFF)
        return Read(samples, sound.samplerate, tuple(notes))


def _pieces(sound: soundfile.SoundFile, kind: str) -> Iterator[NDArray[Any]]:
    """All that there is, the first piece in any case: what a header says may be too much."""
    at_once = AT_ONCE // sound.channels
    piece = sound.read(min(at_once, sound.frames), dtype=kind)
    yield piece
    while len(piece) == at_once:
        piece = sound.read(at_once, dtype=kind)
        yield piece


@contextlib.contextmanager
def opened(file: str | BinaryIO, name: object) -> Iterator[tuple[soundfile.SoundFile, list[str]]]:
    """A sound file to read from, and what is to be said of it.

    Raises ``ValueError`` with ``name`` where it isn't one, or has a rate that no recorder has; what
    libsndfile raises while it is read becomes one too.
    """
    import soundfile

    check_utf8(name)
    try:
        if isinstance(file, str):
            refuse_pipe(file)
        with contextlib.ExitStack() as stack:
            raw = stack.enter_context(open(file, "rb")) if isinstance(file, str) else file
            size = raw.seek(0, io.SEEK_END)
            notes, mended = _held_against(raw, name)
            read = Mended(raw, mended) if mended or raw is file else file
            sound = stack.enter_context(soundfile.SoundFile(read))
            if not RATES[0] <= sound.samplerate <= RATES[1]:
                raise ValueError(
                    f"{name} says that it has {sound.samplerate:,} samples a second, which can't "
                    "be right; mend its header or take it out of the folder"
                )
            if sound.frames > MOST_A_BYTE * size:
                raise ValueError(
                    f"{name} doesn't say how long it is, as streams don't, or says what can't be "
                    "right; write it anew, as by `ffmpeg -i OLD NEW`, or take it out of the folder"
                )
            if sound.subtype.startswith(_LOSSY):
                notes.append(f"compressed with loss ({sound.subtype})")
            yield sound, notes
    except (soundfile.LibsndfileError, OSError) as error:
        raise unreadable(name, error) from error


def _held_against(raw: BinaryIO, name: object) -> tuple[list[str], dict[int, bytes]]:
    """What a header says held against what there is: notes, and how the header should be.

    Raises ``ValueError`` where it can't be known what is meant.
    """
    extent, total = extent_of(raw), total_of(raw)
    if extent and not extent.alone:
        raise ValueError(
            f"{name} has its samples in two data chunks, where a wav file has one; write it anew, "
            "or take it out of the folder"
        )
    odd = list(extent.odd) if extent else []
    if (extent and extent.cut_off) or ends_early(raw):
        return [CUT_OFF, *odd], {}
    if found := next((one for one in (extent, total) if one and one.hidden), None):
        return ([HIDDEN] if found.said or found is extent else []) + odd, found.mended
    return odd, {}


def no_samples(name: object) -> str:
    """What is said of a file that is whole and empty."""
    return f"{name} holds no samples; replace the file or take it out of the folder"


def unreadable(name: object, error: Exception) -> ValueError:
    """The error that names a file which can't be read, and why."""
    said = getattr(error, "strerror", None) or str(error).rpartition(": ")[2]
    reason = said.strip().rstrip(".")
    return ValueError(
        f"cannot read {name}: {reason}; replace the file or take it out of the folder"
    )
