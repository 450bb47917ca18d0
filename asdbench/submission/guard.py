"""Files of a folder that a stranger wrote: plain ones, inside it, of a sane size; never code.

Nothing that such a folder names is followed out of it: no link, no ``..``, no absolute path.
"""

from __future__ import annotations

import json
import stat
from pathlib import Path, PurePosixPath
from typing import Any

from asdbench.config.keys import canonical

MIB = 1 << 20
LARGEST_JSON = 16 * MIB  # tags of all clips of a year take less than 4
LARGEST_TABLE = 64 * MIB  # scores of all clips of a year take 3
LARGEST_TEXT = MIB


class RefusedError(ValueError):
    """A file that isn't read, and why."""


def plain_file(folder: Path, name: str, most: int) -> Path:
    """The path of a file of the folder, ``name`` relative to it.

    Raises ``RefusedError`` where it isn't there, isn't a plain file inside the folder, or has more
    than ``most`` bytes; folders on the way may be no links either.
    """
    path = folder
    for part in PurePosixPath(name).parts:
        if not named_plainly(part):
            raise RefusedError(f"{name!r} leads out of the folder")
        path = path / part
        try:
            found = path.lstat()
        except (OSError, ValueError):
            raise RefusedError(f"there is no {name}") from None
        if stat.S_ISLNK(found.st_mode):
            raise RefusedError(f"{name} is a link; links aren't followed")
    if not stat.S_ISREG(found.st_mode):
        raise RefusedError(f"{name} is no plain file")
    if found.st_size > most:
        raise RefusedError(f"{name} has {size(found.st_size)}; at most {size(most)} are read")
    return path


def named_plainly(part: str) -> bool:
    """Whether this is the name of something in a folder, on every system, and no way out of it."""
    return (
        bool(part.strip(". "))
        and len(part) <= 255
        and part.isprintable()
        and not (set(part) & set("/\\:"))
    )


def read_text(folder: Path, name: str, most: int = LARGEST_TEXT) -> str:
    """A text file of the folder; raises ``RefusedError``, also where it is no UTF-8."""
    try:
        return plain_file(folder, name, most).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise RefusedError(f"{name} is no text in UTF-8") from None


def read_json(folder: Path, name: str, most: int = LARGEST_JSON) -> Any:
    """A JSON file of the folder; raises ``RefusedError``, also for numbers that aren't finite."""
    text = read_text(folder, name, most)
    try:
        value = json.loads(text)
        canonical(value)  # NaN and infinity have no place in JSON
    except (ValueError, RecursionError):
        raise RefusedError(f"{name} is no JSON") from None
    return value


def size(count: int) -> str:
    """ "1.5 MiB" for 1572864."""
    for unit, one in (("MiB", MIB), ("KiB", 1 << 10)):
        if count >= one:
            return f"{count / one:.3g} {unit}"
    return f"{count} bytes"
