"""The lines of a score file, ``file name,score``, and of a decision file, ``file name,0 or 1``."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

SHOWN = 3  # names in an error


def read_scores(path: Path, content: bytes, clips: Collection[str]) -> dict[str, float]:
    """The score of each of these clips that has one.

    Raises ``ValueError``, naming the line, for all that isn't one finite number for one of them.
    """
    return _read(path, content, clips, "score", _number)


def read_decisions(path: Path, content: bytes, clips: Collection[str]) -> dict[str, bool]:
    """Whether each of these clips was called anomalous. Raises as ``read_scores``."""
    found = _read(path, content, clips, "decision", _decision)
    return {name: bool(decided) for name, decided in found.items()}


def some(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _read(
    path: Path,
    content: bytes,
    clips: Collection[str],
    what: str,
    value: Callable[[str, str, str], float],
) -> dict[str, float]:
    lines: dict[str, int] = {}
    found: dict[str, float] = {}
    for line, name, written in _lines(path, content, what):
        where = f"{path} line {line}"
        if name in lines:
            raise ValueError(
                f"{where}: {name} has a {what} in line {lines[name]} already; keep one"
            )
        header = "" if line > 1 or name in clips else "the challenge's form has no header, so "
        found[name] = value(written, where, header)
        lines[name] = line
    if not lines:
        raise ValueError(f"{path} is empty; each line is: file name,{what}")
    extra = [name for name in lines if name not in clips]
    if extra:
        raise ValueError(
            f"{path}: {len(extra)} file names that aren't among its test clips: {some(extra)}; "
            f"names have to be exact, as {min(clips)}"
        )
    return found


def _lines(path: Path, content: bytes, what: str) -> Iterator[tuple[int, str, str]]:
    """Number and both fields of each line that isn't empty."""
    try:
        text = content.decode("utf-8-sig")  # MATLAB and spreadsheets may begin with a mark
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} isn't UTF-8 (byte {error.start}); save it as UTF-8") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for fields in reader:
            if not fields:
                continue
            if len(fields) != 2:
                raise ValueError(
                    f"{path} line {reader.line_num}: {','.join(fields)!r} has {len(fields)} "
                    f"fields; write file name,{what}, with a decimal point"
                )
            yield reader.line_num, fields[0], fields[1]
    except csv.Error as error:
        raise ValueError(
            f"{path} line {reader.line_num}: broken CSV ({error}); write file name,{what}"
        ) from error


def _number(written: str, where: str, header: str) -> float:
    try:
        number = float(written)
    except ValueError as error:
        out = f"{header}take a header out, or " if header else ""
        raise ValueError(
            f"{where}: the score {written!r} is not a number; {out}write a decimal number, as 0.125"
        ) from error
    if not math.isfinite(number):
        raise ValueError(f"{where}: the score {written!r} is not finite; give each clip a number")
    return number


def _decision(written: str, where: str, header: str) -> float:
    known = {"0": 0.0, "1": 1.0, "0.0": 0.0, "1.0": 1.0}
    if written.strip() not in known:
        out = f"{header}take a header out, or " if header else ""
        raise ValueError(f"{where}: the decision {written!r} is neither 0 nor 1; {out}write one")
    return known[written.strip()]
