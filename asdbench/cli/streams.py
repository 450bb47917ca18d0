"""Whatever is to be printed is printed, whichever letters a terminal or a pipe takes."""

from __future__ import annotations

import codecs
import io
import os
import sys

_INSTEAD = {"±": "+-", "…": "~", "─": "-", "│": "|", "━": "=", "●": "o"}  # what boards have
_BYTES = range(0xDC80, 0xDD00)  # how Python reads bytes of a file's name that aren't UTF-8


def print_anything() -> None:
    """From now on, a letter that a stream doesn't have is written as another, or as its number.

    A run is not to end because a terminal is ASCII, a file's name no UTF-8, or an output closed.
    """
    codecs.register_error(__name__, _replaced)
    sys.stdout, sys.stderr = (
        stream or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - as long as the process
        for stream in (sys.stdout, sys.stderr)
    )
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=__name__)


def _replaced(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return "".join(map(_plain, error.object[error.start : error.end])), error.end


def _plain(letter: str) -> str:
    if ord(letter) in _BYTES:
        return f"\\x{ord(letter) - 0xDC00:02x}"
    return _INSTEAD.get(letter) or letter.encode("ascii", "backslashreplace").decode()
