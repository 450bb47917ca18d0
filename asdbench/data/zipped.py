"""A sound file inside a zip archive, read without unpacking."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from asdbench.data.decode import AUTO, Channel, identity_of
from asdbench.data.sound_files import Header, Read, header_of, samples_of, unreadable

# Not whole, no such member (KeyError), a compression that is unknown, encrypted (RuntimeError), or
# an entry that zipfile itself stumbles over (the last three).
DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError),
    *(ValueError, IndexError, struct.error),
)


@dataclass(frozen=True)
class ZipSource:
    """A member of a zip archive, in any format that libsndfile reads.

    Example:
        >>> import numpy as np, soundfile
        >>> soundfile.write("some.wav", np.zeros(8), 16000)
        >>> with zipfile.ZipFile("some.zip", "w") as archive:
        ...     archive.write("some.wav", "fan/some.wav")
        >>> ZipSource(Path("some.zip"), "fan/some.wav").header()
        Header(frames=8, rate=16000, channels=1)
    """

    archive: Path
    member: str
    channel: Channel = AUTO

    @property
    def path(self) -> Path:
        """How errors name it: the archive, and the place in it."""
        return self.archive / self.member

    @property
    def identity(self) -> str:
        place, size, changed = _state(self.archive)
        return identity_of(f"{place}:{size}:{changed}:{self.member}", self.channel)

    def header(self) -> Header:
        return header_of(io.BytesIO(member_bytes(self.archive, self.member)), self.path)

    def read(self) -> Read:
        return samples_of(io.BytesIO(member_bytes(self.archive, self.member)), self.path)


def member_bytes(archive: Path, member: str) -> bytes:
    """What a member holds. Raises ``ValueError`` where archive or member can't be read."""
    try:
        return _opened(*_state(archive)).read(member)
    except (*DAMAGED, OSError) as error:
        raise unreadable(archive / member, error) from error


def _state(archive: Path) -> tuple[str, int, str]:
    try:
        status = archive.stat()
    except OSError as error:
        raise unreadable(archive, error) from error
    changed = f"{status.st_mtime_ns}:{status.st_ctime_ns}"  # as of a file by itself
    return str(archive.resolve()), status.st_size, changed


@lru_cache(maxsize=64)  # of more archives than a year has: clips are read in any order
def _opened(path: str, size: int, changed: str) -> zipfile.ZipFile:
    return zipfile.ZipFile(path)
