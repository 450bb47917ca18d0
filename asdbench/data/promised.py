"""Whether a sound file ends before its header says: RF64, W64, AIFF, AU and OGG.

libsndfile reads what is there and says nothing; CAF and Opus it refuses. For plain wav files see
``riff``, which reads on where there is more, too.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

_UNKNOWN = {0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF}  # sizes of what was written without going back
_PAGE = 1 << 16  # bytes; no page of an OGG file has more
_LAST = 4  # flag of a stream's last page


class _Chunks(NamedTuple):
    """How a kind of file cuts itself into chunks: name, then size, in bytes.

    ``within`` says whether the size counts its own head; ``padded`` to how many bytes it is filled.
    """

    first: int
    head: str
    within: bool
    padded: int


_RF64 = _Chunks(12, "<4sI", within=False, padded=2)
_AIFF = _Chunks(12, ">4sI", within=False, padded=2)
_W64 = _Chunks(40, "<16sQ", within=True, padded=8)


def ends_early(file: BinaryIO) -> bool:
    """Whether there is less sound than the header tells of. Leaves the file at its beginning."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    try:
        kind = file.read(4)
        read = _KINDS.get(kind)
        return read is not None and read(file, size)
    except struct.error:  # it ends within its header, which libsndfile will say
        return False
    finally:
        file.seek(0)


def _chunks(file: BinaryIO, size: int, how: _Chunks) -> Iterator[tuple[bytes, int, int]]:
    """Name, where its content begins, and how many bytes it has, of each chunk."""
    start, head = how.first, struct.calcsize(how.head)
    while start + head <= size:
        file.seek(start)
        name, said = struct.unpack(how.head, file.read(head))
        content = said - head if how.within else said
        yield name[:4], start + head, content
        start += max(head, head + content + -content % how.padded)


def _data_is_short(name: bytes, how: _Chunks) -> Callable[[BinaryIO, int], bool]:
    def short(file: BinaryIO, size: int) -> bool:
        for found, start, said in _chunks(file, size, how):
            if found == name:
                return said not in _UNKNOWN and size - start < said
        return False

    return short


def _rf64_is_short(file: BinaryIO, size: int) -> bool:
    """The size of the samples is in a chunk of its own, in 64 bits."""
    told = 0
    for name, start, _ in _chunks(file, size, _RF64):
        if name == b"ds64":
            file.seek(start + 8)
            (told,) = struct.unpack("<Q", file.read(8))
        elif name == b"data":
            return size - start < told
    return False


def _au_is_short(file: BinaryIO, size: int) -> bool:
    start, said = struct.unpack(">II", file.read(8))
    return said not in _UNKNOWN and size - start < said


def _ogg_is_short(file: BinaryIO, size: int) -> bool:
    """The last page says that it is the last, and is whole."""
    file.seek(max(0, size - _PAGE))
    page = file.read()
    page = page[max(0, page.rfind(b"OggS")) :]
    if len(page) < 27 or not page[5] & _LAST:
        return True
    lengths = page[27 : 27 + page[26]]
    return len(page) < 27 + page[26] + sum(lengths)


_KINDS: dict[bytes, Callable[[BinaryIO, int], bool]] = {
    b"RF64": _rf64_is_short,
    b"BW64": _rf64_is_short,
    b"FORM": _data_is_short(b"SSND", _AIFF),
    b"riff": _data_is_short(b"data", _W64),
    b".snd": _au_is_short,
    b"OggS": _ogg_is_short,
}
