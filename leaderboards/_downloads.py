"""The board in other formats, packed into the page, which hands them out without a server."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from collections.abc import Mapping

from asdbench.evaluation import EVERY, Board

from . import latex
from ._cost import COSTS
from ._drawn import light

FORMATS: Mapping[str, str] = {
    "csv": "a line a row, machine type and machine ID; five digits of each number",
    "json": "everything; five digits of each number",
    "tex": "a table for a paper",
}


def packed(board: Board) -> dict[str, str]:
    """By format, its text, gzipped and in base64. The page makes CSV of JSON: ``csv.js``."""
    texts = {
        "json": json.dumps(light(board.as_dict()), separators=(",", ":"), allow_nan=False),
        "tex": latex.render(board),
    }
    return {
        form: b64encode(gzip.compress(text.encode(), mtime=0)).decode()
        for form, text in texts.items()
    }


def columns() -> dict[str, list[str]]:
    """What ``csv.js`` has to know of names."""
    return {"figures": list(EVERY), "costs": list(COSTS)}
