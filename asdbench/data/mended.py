"""A file as libsndfile is to read it: some bytes as others, a header as it should be."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping
from typing import Any, BinaryIO


class Mended(io.RawIOBase):
    """A file as if it had these bytes, by their place in it."""

    def __init__(self, file: BinaryIO, instead: Mapping[int, bytes]) -> None:
        self._file, self._instead = file, instead

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Stay where there is no such place, as libsndfile expects: an error would be printed."""
        with contextlib.suppress(ValueError, OSError):
            self._file.seek(offset, whence)
        return self._file.tell()

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: Any) -> int:
        start = self._file.tell()
        found = self._file.read(len(buffer))
        changed = bytearray(found)
        for place, size in self._instead.items():
            for offset, byte in enumerate(size):
                if start <= place + offset < start + len(found):
                    changed[place + offset - start] = byte
        buffer[: len(found)] = changed
        return len(found)
