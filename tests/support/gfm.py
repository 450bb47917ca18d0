"""Markdown as a reader of it sees it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt

GFM = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def tables(text: str) -> list[list[list[str]]]:
    """The cells of every pipe table, as a reader of Markdown sees them."""
    found: list[list[list[str]]] = []
    tokens = GFM.parse(text)
    for before, token in pairwise(tokens):
        if before.type == "table_open":
            found.append([])
        elif before.type == "tr_open":
            found[-1].append([])
        if before.type in {"th_open", "td_open"}:
            assert token.type == "inline"
            found[-1][-1].append(shown(token.children or []))
    return found


def shown(children: Any) -> str:
    """The text of a line that has nothing in it but text."""
    assert {child.type for child in children} <= {"text"}
    return "".join(child.content for child in children)
