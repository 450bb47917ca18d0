"""``docs/bad-input.md``'s tables, of what really comes of each kind: python bad_input_table.py

They are written into the page; a test holds them equal to it.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from bad_folders import FOLDERS
from bad_input import BadInput, Seen, seen, whole
from bad_sound import SOUND
from documents import ROOT

PAGE = ROOT / "docs" / "bad-input.md"
KINDS: Mapping[str, Sequence[BadInput]] = {"sound": SOUND, "folders": FOLDERS}
_LINE = re.compile(r"\| (.+?) \| \*\*(.+?)\*\*(?:: `` (.*) ``)? \|")


def made(kind: BadInput, place: Path) -> Path:
    """A folder of recordings with this kind of bad input in it."""
    folder = whole(place / "my_data")
    kind.make(folder)
    return folder


def line(kind: BadInput, found: Seen) -> str:
    """A kind's line of the table; its words as they are, whatever letters they have."""
    said = found.said.encode("utf-8", "backslashreplace").decode().replace("\n", " ")
    return f"| {kind.what} | **{found.happens}**{f': `` {said} ``' if said else ''} |"


def table(lines: Sequence[str]) -> str:
    return "\n".join(
        ["| what is wrong | what `asdbench run` does, and says |", "|---|---|", *lines]
    )


def documented() -> dict[str, str]:
    """The page's lines by what is wrong."""
    text = PAGE.read_text(encoding="utf-8")
    return {found[1]: found[0] for found in _LINE.finditer(text)}


def write() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name, kinds in KINDS.items():
        with tempfile.TemporaryDirectory() as place:
            lines = [
                line(kind, seen(made(kind, Path(place) / str(number)), Path(place) / "o"))
                for number, kind in enumerate(kinds)
            ]
        start, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
        before, rest = text.split(start)
        text = f"{before}{start}\n\n{table(lines)}\n\n{end}{rest.split(end)[1]}"
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    write()
