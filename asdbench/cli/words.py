"""Words that several commands share: how many, how long, and names as they may be shown."""

from __future__ import annotations

import math
import re
import shutil
import sys
import textwrap

import typer

_TURNS = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}  # the direction of writing
_CONTROLS = dict.fromkeys({*range(0x20), *range(0x7F, 0xA0), *_TURNS} - set(map(ord, "\t\n")))


def plain(text: str) -> str:
    """Without what a terminal would do rather than show: a name could clear it, or hide a line."""
    return text.translate(_CONTROLS)


def echo(text: str) -> None:
    """A line on standard output."""
    typer.echo(plain(text))


def put(text: str) -> None:
    """What is in a file, to standard output: as it is, unless that is a terminal."""
    sys.stdout.write(plain(text) if sys.stdout.isatty() else text)


def at_words(text: str) -> str:
    """A line for standard error, broken between words where that is a terminal."""
    if not sys.stderr.isatty():
        return text
    width = shutil.get_terminal_size().columns
    return textwrap.fill(text, width, break_long_words=False, break_on_hyphens=False)


def document(text: str) -> None:
    """Markdown, to standard output: as it is into a pipe, drawn to its width on a terminal.

    An indented line is a command to paste, and stays one line.
    """
    if not sys.stdout.isatty():
        sys.stdout.write(text)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    for place, part in enumerate(re.split(r"^ {4}(.+)\n", plain(text), flags=re.MULTILINE)):
        if place % 2:
            typer.echo(f"\n  {part}")
        elif part.strip():
            Console(highlight=False).print(Markdown(part, hyperlinks=False))


def many(count: int, what: str) -> str:
    """ "1 repeat", "1,200 clips"."""
    return f"{count:,} {what}{'s' * (count != 1)}"


def duration(seconds: float) -> str:
    """ "3 s", "2 min 5 s", "7 h 20 min"."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def size(count: float) -> str:
    """Bytes: "0 kB", "120 kB", "1.4 GB"."""
    for unit, one in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if count >= 0.9995 * one:  # or it would be written as 1e+03 of the next one below
            return f"{count / one:.3g} {unit}"
    return f"{math.ceil(count / 1e3)} kB"
