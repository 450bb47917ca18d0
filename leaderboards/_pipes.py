"""Pieces of Markdown: text from outside, and tables."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tabulate import tabulate

from ._text import plain


def escape(text: str) -> str:
    """A text from outside as Markdown that shows just this text, on one line."""
    text = re.sub(r"([\\`*\[\]<>|~&$])", r"\\\1", plain(text))
    # An underscore within a word does nothing.
    text = re.sub(r"(?<![^\W_])_|_(?![^\W_])", r"\\_", text)
    # What would begin a list or end a heading.
    return re.sub(r"^(?=[-+=])|(?<!\S)(?=#)|^(\d+)(?=[.)](?:\s|$))", r"\1\\", text)


def table(lines: Sequence[Sequence[str]], headers: Sequence[str], align: Sequence[str]) -> str:
    """A pipe table, aligned in the source too."""
    made = tabulate(lines, headers, tablefmt="github", colalign=align, disable_numparse=True)
    return str(made)
