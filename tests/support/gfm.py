"""Markdown as a reader of it sees it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt

GFM = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def tables(text: str, *, bold: bool = False) -> list[list[list[str]]]:
    """The cells of every pipe table, as a reader sees them; ``bold`` ones between asterisks."""
    found: list[list[list[str]]] = []
    tokens = GFM.parse(text)
    for before, token in pairwise(tokens):
        if before.type == "table_open":
            found.append([])
        elif before.type == "tr_open":
            found[-1].append([])
        if before.type in {"th_open", "td_open"}:
            assert token.type == "inline"
            found[-1][-1].append(shown(token.children or [], bold=bold))
    return found


def shown(children: Any, *, bold: bool = False) -> str:
    """The text of a line that has nothing in it but text, and asterisks where it may be bold."""
    strong = {"strong_open", "strong_close"} if bold else set()
    assert {child.type for child in children} <= {"text", *strong}
    return "".join(child.content or child.markup for child in children)
