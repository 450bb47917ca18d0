"""How many samples a FLAC file has, whatever its header says: 0 of a stream, or too few.

libsndfile reads as many as the header says and not one more. The last frame knows better: its
header has its number, and its checksums say that it is one, up to the file's end.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

_MOST = 1 << 16  # bytes at the end in which the last frame's header is looked for
_SYNC = re.compile(rb"\xff[\xf8\xf9]")
_TRIED = 4  # headers that may be the last frame's: one in 60,000 places looks like one by chance
_TOTAL = 36  # bits of the number of samples, the last of 8 bytes
_BLOCKS = {
    1: 192,
    **{n: 576 << n - 2 for n in range(2, 6)},
    **{n: 256 << n - 8 for n in range(8, 16)},
}


@dataclass(frozen=True)
class Total:
    """How many samples a channel has: by the header, and by the last frame."""

    said: int
    there: int
    field: bytes

    @property
    def hidden(self) -> bool:
        """Whether there are samples that the header doesn't tell of."""
        return self.there > self.said

    @property
    def mended(self) -> dict[int, bytes]:
        """The header as it should be: bytes by their place in the file."""
        rest = int.from_bytes(self.field, "big") >> _TOTAL << _TOTAL
        return {18: (rest | self.there).to_bytes(8, "big")}


def total_of(file: BinaryIO) -> Total | None:
    """What a FLAC file has; None for anything else. Leaves the file where it began."""
    try:
        head = file.read(26)
        if len(head) < 26 or head[:4] != b"fLaC" or head[4] & 0x7F:
            return None
        said = int.from_bytes(head[18:], "big") & ((1 << _TOTAL) - 1)
        size = file.seek(0, io.SEEK_END)
        file.seek(max(0, size - _MOST))
        there = _there(file.read(), int.from_bytes(head[8:10], "big"), said)
        return Total(said, there, head[18:])
    finally:
        file.seek(0)


def _there(tail: bytes, block: int, said: int) -> int:
    """Where the last frame ends, if that is beyond what is said, and all of it is there."""
    starts = [found.start() for found in reversed([*_SYNC.finditer(tail)])]
    ends = ((start, _end(tail[start : start + 16], block)) for start in starts)
    for start, end in islice((one for one in ends if one[1] > said), _TRIED):
        if not _crc(tail[start:], 16, 0x8005):
            return end
    return said


def _end(head: bytes, block: int) -> int:
    """How many samples there are up to the end of a frame with this header; 0 if it is none."""
    try:
        size, rate = head[2] >> 4, head[2] & 15
        number, at = _number(head, 4)
        if size in (6, 7):
            more = head[at : at + size - 5]
            samples, at = 1 + int.from_bytes(more, "big"), at + size - 5
        else:
            samples = _BLOCKS[size]
        at += {12: 1, 13: 2, 14: 2}.get(rate, 0)
        if _crc(head[:at], 8, 0x07) != head[at]:
            return 0
    except (IndexError, KeyError):
        return 0
    return number + samples if head[1] & 1 else number * block + samples


def _number(head: bytes, at: int) -> tuple[int, int]:
    """A number as UTF-8 writes letters, and where it ends."""
    first = head[at]
    more = next((n for n in range(7) if not first & 0x80 >> n), 7)
    number = first & (0x7F >> more)
    for byte in head[at + 1 : at + max(1, more)]:
        number = number << 6 | byte & 0x3F
    return number, at + max(1, more)


def _crc(content: bytes, bits: int, polynomial: int) -> int:
    """A checksum of so many bits; that of content with its own behind it is 0."""
    found, top, all_ones = 0, 1 << bits - 1, (1 << bits) - 1
    for byte in content:
        found ^= byte << bits - 8
        for _ in range(8):
            found = (found << 1 ^ polynomial if found & top else found << 1) & all_ones
    return found
