"""The documents' pages, and their fenced blocks by language, which says how each is checked.

=========== ====================================================================================
``bash``    run as it stands, each page from top to bottom: tests/test_docs_run.py
``sh``      parsed only: it downloads, takes long, doesn't end, or needs a cluster or a server
``python``  run; those of a page are one script. With a title, ``title="mine.py"``: a file that is
            saved and loaded, for the page's commands to use
``py``      compiled only: a part of something
``toml``    an experiment, or a part of one, that is read; or entry points
``json``, ``csv``, ``yaml``   parsed; of a workflow in YAML, the commands too
``text``, ``latex``, ``bibtex``   shown: output, trees of files, something to paste elsewhere
=========== ====================================================================================
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
RUN = ("bash", "python")
PARSED = ("sh", "py", "toml", "json", "csv", "yaml")
SHOWN = ("text", "latex", "bibtex")
_FENCE = re.compile(r'^( *)(`{3,})(\w*)(?: title="(\S+)")?\n(.*?)^ *\2 *$', re.M | re.S)


@dataclass(frozen=True)
class Block:
    """A fenced block: where it is, its language, the file that it is, if one, and its lines."""

    page: str
    line: int
    language: str
    file: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(*languages: str, of: Path | None = None) -> list[Block]:
    """The blocks of these languages, or all; of one page, or of all."""
    found = [
        Block(
            page.relative_to(ROOT).as_posix(),
            text.count("\n", 0, match.start()) + 1,
            match[3],
            match[4] or "",
            textwrap.dedent(match[5]),
        )
        for page in ([of] if of else PAGES)
        for text in [page.read_text(encoding="utf-8")]
        for match in _FENCE.finditer(text)
    ]
    return [one for one in found if not languages or one.language in languages]
