"""Files and folders that are there whole or not at all, and what a full disk means."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

FULL = {errno.ENOSPC, errno.EDQUOT}
# A mount that can only be read, a limit of file sizes (`ulimit -f`), a disk without locks.
_DENIED = {errno.EROFS, errno.EFBIG, errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS}
_A_FOLDER = "{} is a folder where a file should be; move it away, or delete it"
_A_PIPE = "it is a pipe, a socket or a device"
_OS_ERROR = re.compile(r"\(os error (\d+)\)")


def write(path: Path, content: bytes | str) -> Path:
    """Write a file in one step, with the folders above it; text is written as UTF-8.

    What of it no UTF-8 has, as the bytes of a file's name in an error, is written as ``\\udce9``.
    """
    if isinstance(content, str):
        content = content.encode("utf-8", "backslashreplace")
    with replacing(path) as temporary:
        temporary.write_bytes(content)
    return path


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside ``path``, which it replaces in one step when the block ends well.

    Whoever reads ``path`` meanwhile, or after a kill, finds the old file or the new one. Its bytes
    are on the disk before its name is. The temporary path is always the same one, so that a kill
    leaves no more than one: two writers at once need a lock. An ``OSError`` names ``path``.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.part")
    temporary.unlink(missing_ok=True)  # of one that was killed
    try:
        yield temporary
        settle(temporary, path)
    except Exception as error:
        number = _OS_ERROR.search(str(error))  # as libraries in Rust say it, safetensors for one
        if number:
            code = int(number[1])
            raise OSError(code, os.strerror(code), str(path)) from error
        # Of a full disk, say, which names no file.
        if isinstance(error, OSError) and error.errno and error.filename is None:
            error.filename = str(path)
        raise
    finally:
        temporary.unlink(missing_ok=True)


def remove(path: Path) -> None:
    """Take away what can be made again, also where a folder or a link is in its place."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def has_files(folder: Path) -> bool:
    """Whether anything is in a folder, but for a first file that a kill left half-written."""
    return any(p for p in folder.iterdir() if not (p.name[0] == "." and p.suffix == ".part"))


@contextlib.contextmanager
def making(folder: Path) -> Iterator[Path]:
    """A new folder beside ``folder``, whose place it takes when the block ends well.

    It is always the same one, so that a kill leaves no more than one.
    """
    new = folder.with_name(f".{folder.name}.making")
    shutil.rmtree(new, ignore_errors=True)  # of one that was killed
    new.mkdir(parents=True)
    try:
        yield new
        shutil.rmtree(folder, ignore_errors=True)
        new.rename(folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def settle(temporary: Path, path: Path) -> None:
    """Give a finished file its name, once its bytes are on the disk."""
    with open(temporary, "rb+") as file:
        os.fsync(file.fileno())
    temporary.replace(path)


def told(error: OSError) -> str:
    """An error of the system in one line; of a full disk, with a way out."""
    place = error.filename2 or error.filename
    if error.errno in FULL and place:
        return f"the disk of {place} is full; free some space and run the same command again"
    if error.errno == errno.EISDIR and place:
        return _A_FOLDER.format(place)
    if error.errno == errno.ENAMETOOLONG and place:
        return f"{Path(os.fsdecode(place)).name} is longer than a file's name may be; shorten it"
    if error.strerror == _A_PIPE and place:
        return f"{place} is a pipe, a socket or a device where a file should be; delete it"
    if error.errno == errno.ELOOP and place:
        return f"{place} is a link that leads round in a circle; delete it"
    return str(error)


def _in_the_way(error: OSError, folder: Path) -> Path | None:
    """What lies in a folder where a folder of it should be: a file, or a link to nowhere."""
    path = Path(str(error.filename))
    above = [path, *path.parents]
    inside = above[: above.index(folder)] if error.filename and folder in above else []
    return next((one for one in inside if os.path.lexists(one) and not one.is_dir()), None)


def not_a_folder(path: Path) -> None:
    """Raises ``ValueError`` where a folder is in a file's place."""
    if path.is_dir():
        raise ValueError(_A_FOLDER.format(path))


def refuse_pipe(path: str | Path) -> None:
    """Raises ``OSError`` for what is no file: who opens a pipe waits until one writes."""
    mode = os.stat(path).st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise OSError(errno.EINVAL, _A_PIPE, str(path))


def content_of(path: Path) -> bytes:
    """A file's content. Raises ``OSError``, also for what is no file."""
    refuse_pipe(path)
    return path.read_bytes()


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
        blocked = isinstance(error, NotADirectoryError | FileExistsError)
        if blocked and (found := _in_the_way(error, folder)):
            what = "a link to nowhere" if found.is_symlink() else "a file"
            raise ValueError(
                f"{found} is {what} where a folder should be; move it away, or delete it"
            ) from error
        denied = blocked or isinstance(error, PermissionError)
        if isinstance(error, FileNotFoundError):  # a folder that can't be made, as in /proc
            denied = Path(str(error.filename)) in {folder, *folder.parents}
        if denied or error.errno in _DENIED:
            raise ValueError(f"cannot write to {folder} ({error.strerror}){if_denied}") from error
        raise
