"""Scores of files as CSV: a line a file, or a line a window.

What a spreadsheet would take for a formula has a ' in front; before a file that is ``./``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from asdbench.detector.scored import RecordingScore
from asdbench.detector.scoring import FileScore
from asdbench.results.tables import csv_text

COLUMNS = (
    *("file", "machine", "id", "score", "percentile", "alarm", "threshold", "threshold_name"),
    *("at_seconds", "windows", "alarms", "warnings", "error"),
)
WINDOW_COLUMNS = ("file", "start_seconds", "score", "alarm", "warnings")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_SAID = {True: "1", False: "0", None: ""}


def line(one: FileScore) -> list[Any]:
    """A file's line, in the order of ``COLUMNS``."""
    if one.scored is None:
        return [_file(one.file), *[""] * (len(COLUMNS) - 2), _text(" ".join(one.error.split()))]
    found = one.scored
    return [
        *(_file(one.file), _text(found.machine), _text(found.id), _number(found.score)),
        "" if found.percentile is None else f"{found.percentile:.2f}",
        *(_SAID[found.alarm], repr(found.threshold.value), found.threshold.rule),
        *(f"{found.at:.3f}", len(found.windows), found.alarms, "; ".join(found.warnings), ""),
    ]


def window_lines(file: Path, found: RecordingScore) -> Iterator[list[Any]]:
    """The lines of a file's windows, in the order of ``WINDOW_COLUMNS``."""
    for window in found.windows:
        said = "; ".join(window.warnings)
        yield [_file(file), f"{window.start:.3f}", _number(window.score), _SAID[window.alarm], said]


class Table:
    """A CSV file that is written line by line, so that what is scored is on the disk.

    Until it is complete its name ends in ``.part``; one that was there stays until then. Raises
    ``ValueError`` where it can't be written.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.part = path.with_name(f"{path.name}.part")
            self._file = open(  # noqa: SIM115
                self.part, "w", newline="", encoding="utf-8", errors="backslashreplace"
            )
        except OSError as error:
            raise ValueError(f"cannot write {path}: {error.strerror}; give another path") from error
        self._path = path
        self.write([columns])

    def write(self, lines: Sequence[Sequence[Any]]) -> None:
        """Add lines."""
        try:
            self._file.write(csv_text(lines))
            self._file.flush()
        except OSError as error:
            raise ValueError(
                f"cannot write {self._path}: {error.strerror}; free some space, or give another "
                "path"
            ) from error

    def finish(self) -> None:
        """It is complete: give it its name."""
        self._file.close()
        self.part.replace(self._path)

    def close(self) -> None:
        """End it as it is; what couldn't be written was said."""
        with contextlib.suppress(OSError):  # closing tries once more
            self._file.close()


def _file(path: Path) -> str:
    return f"./{path}" if str(path).startswith(_FORMULA) else str(path)


def _text(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _number(value: float | None) -> str:
    return "" if value is None else repr(value)
