"""Wav files whose header doesn't fit what follows it, and what it should be.

A recorder that loses power leaves a data size of 0; one that is written to without an end, or is
copied half, tells of more than there is; beyond 4 GB the size wraps around.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass, replace
from typing import BinaryIO

CONTRADICTS = "a header that contradicts itself: bytes a frame or a second"
BEHIND = "bytes behind the samples that are no part of a wav file"
PCM = 1
ENDLESS = 0x7FFFF000  # sizes from here on say that it wasn't known: what writes into a pipe
PADDING = 4096  # bytes behind the samples that aren't worth a word
TO_THE_END = b"\xff\xff\xff\xff"  # as a size: libsndfile reads on to the file's end


@dataclass(frozen=True)
class Extent:
    """Where a wav file's samples begin, and how many bytes of them its header says, and there are.

    ``alone`` says whether they are in one piece, as they must be; ``odd`` what can't be right of
    the header and of what follows the samples.

    Example:
        >>> Extent(44, 32000, 20000).cut_off, Extent(44, 0, 32000).hidden
        (True, True)
    """

    start: int
    said: int
    there: int
    alone: bool = True
    odd: tuple[str, ...] = ()

    @property
    def mended(self) -> dict[int, bytes]:
        """A header that tells of all samples up to the file's end: bytes by their place."""
        return {4: TO_THE_END, self.start - 4: TO_THE_END}

    @property
    def cut_off(self) -> bool:
        """Whether the file ends before its samples do."""
        return self.there < self.said < ENDLESS

    @property
    def hidden(self) -> bool:
        """Whether there are samples that the header doesn't tell of."""
        return self.there > self.said


def extent_of(file: BinaryIO) -> Extent | None:
    """How far a wav file's samples go; None for anything else. Leaves the file where it began."""
    try:
        return _extent(file)
    finally:
        file.seek(0)


def _extent(file: BinaryIO) -> Extent | None:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    head = file.read(12)
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:] != b"WAVE":
        return None
    start, found = 12, None
    odd: list[str] = []
    while start + 8 <= size:
        file.seek(start)
        name, said = struct.unpack("<4sI", file.read(8))
        start += 8
        if name == b"fmt " and _contradicts(file.read(16)):
            odd.append(CONTRADICTS)
        if name == b"data" and found:
            return replace(found, alone=False)
        if name == b"data":
            found = Extent(start, said, _there(file, start, said, size))
            if found.there != said:
                break
            if _remains(file, start + said, size):
                odd.append(BEHIND)
        start += said + said % 2
    return found and replace(found, odd=tuple(odd))


def _contradicts(form: bytes) -> bool:
    """Whether the sizes that are told of plain samples don't fit each other."""
    if len(form) < 16:
        return False
    kind, channels, rate, a_second, a_frame, bits = struct.unpack("<HHIIHH", form)
    fits = a_frame == channels * -(-bits // 8) and a_second == rate * a_frame
    return bool(kind == PCM and not fits)


def _remains(file: BinaryIO, end: int, size: int) -> bool:
    """Whether what follows the samples is neither a chunk nor padding."""
    file.seek(end)
    rest = file.read(min(PADDING, size - end))
    chunk = any(_is_chunk(rest[pad : pad + 8], size - end - pad) for pad in (0, 1))
    return len(rest) > 1 and not chunk and any(rest)


def _there(file: BinaryIO, start: int, said: int, size: int) -> int:
    """How many bytes of samples there are: to the end, unless other chunks follow, or padding."""
    end = start + said
    rest = size - end
    if rest <= 0:
        return size - start
    if said and rest <= max(PADDING, said // 100):
        return said
    for place in (end, end + said % 2):
        file.seek(place)
        head = file.read(8)
        if _is_chunk(head, size - place):
            return said
    return size - start


def _is_chunk(head: bytes, room: int) -> bool:
    if len(head) < 8:
        return False
    name, said = struct.unpack("<4sI", head)
    return all(32 <= letter < 127 for letter in name) and said + 8 <= room + said % 2
