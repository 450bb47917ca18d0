"""Files that are there whole or not at all, and what a full disk means."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

FULL = {errno.ENOSPC, errno.EDQUOT}


def write(path: Path, content: bytes | str) -> Path:
    """Write a file in one step, with the folders above it; text is written as UTF-8."""
    with replacing(path) as temporary:
        temporary.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside ``path``, which it replaces in one step when the block ends well.

    Whoever reads ``path`` meanwhile, or after a kill, finds the old file or the new one. Its bytes
    are on the disk before its name is. The temporary path is always the same one, so that a kill
    leaves no more than one: two writers at once need a lock.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.part")
    temporary.unlink(missing_ok=True)  # of one that was killed
    try:
        yield temporary
        settle(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def settle(temporary: Path, path: Path) -> None:
    """Give a finished file its name, once its bytes are on the disk."""
    with open(temporary, "rb+") as file:
        os.fsync(file.fileno())
    temporary.replace(path)


def refuse_pipe(path: str | Path) -> None:
    """Raises ``OSError`` for what is no file: who opens a pipe waits until one writes."""
    mode = os.stat(path).st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise OSError(errno.EINVAL, "it is a pipe, a socket or a device", str(path))


@contextlib.contextmanager
def room_in(folder: Path, *, if_full: str, if_denied: str) -> Iterator[None]:
    """Turns a full disk, or a folder that can't be written, into one line that ends in a way out.

    Raises ``ValueError``; other errors pass.
    """
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise ValueError(f"the disk of {folder} is full{if_full}") from error
        if isinstance(error, PermissionError | NotADirectoryError | FileExistsError):
            raise ValueError(f"cannot write to {folder} ({error.strerror}){if_denied}") from error
        raise
