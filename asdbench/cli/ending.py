"""The last lines of a command on a terminal: where its page is, and what to do next."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from asdbench.evaluation import Board, caution, rivals

Line = tuple[str, str, str]  # what it is, the command or the path, and what that does


def say_ending(console: Console, folder: Path, board: Board, words: Sequence[str] = ()) -> None:
    """The page as a link, MLflow, and what leads on; ``words`` are the command's own, of a run."""
    page = folder / "leaderboard.html"
    console.print()
    if page.exists():
        _say(console, ("page", str(page), ""), link=page.resolve().as_uri())
    _say(console, ("MLflow", f"asdbench ui --out {shlex.quote(str(folder))}", ""))
    what = "next"
    for command, does in leading_on(folder, board, words):
        _say(console, (what, command, does))
        what = ""


def leading_on(folder: Path, board: Board, words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Commands that lead on from this board, and what they do.

    From synthetic sound to recordings of one's own; from those to a detector of the best row, and
    to more repeats where the best rows can't be told apart.
    """
    subset = next(iter(board.subsets), None)
    rows = board.subset(subset) if subset else []
    if caution(board.recipe):
        yield "asdbench data describe FOLDER", "what your own recordings are taken for"
        yield "asdbench run small --data FOLDER", "your own recordings, in minutes"
    elif len(rows) > 1 and words and not _leads(board, subset or ""):
        again = [*_without(words, "--repeats"), "--repeats", str(2 * rows[0].planned)]
        yield shlex.join(["asdbench", *again]), "tells smaller differences"
    own = [row for row in rows if row.origin.get("kind") != "import"]
    if own:
        label, out = shlex.quote(own[0].label), shlex.quote(str(folder))
        to = shlex.quote(f"detectors/{own[0].label}")
        yield f"asdbench detector make {label} --from {out} --to {to}", "to score new recordings"


def again(words: Sequence[str] | None = None) -> str:
    """The command that is running, to be run once more."""
    return shlex.join(["asdbench", *(sys.argv[1:] if words is None else words)])


def _leads(board: Board, subset: str) -> bool:
    """Whether the first row can be told from all others."""
    rows, question = rivals(board.subset(subset)), board.question[subset]
    first, *others = [row.letters[question] or "?" for row in rows]
    return first != "?" and not any(set(first) & set(letters) for letters in others)


def _without(words: Sequence[str], option: str) -> list[str]:
    """The words without an option and its value."""
    kept, skip = [], False
    for word in words:
        if not skip and word != option and not word.startswith(f"{option}="):
            kept.append(word)
        skip = word == option and not skip
    return kept


def _say(console: Console, line: Line, link: str = "") -> None:
    what, text, does = line
    style = f"link {link}" if link else "bold"
    said = Text.assemble((f"{what:8}", "dim"), (text, style))
    room = console.width - said.cell_len
    if does:
        apart = "  " if len(does) + 4 <= room else f"\n{'':8}"
        said.append(f"{apart}# {does}", "dim")
    console.print(said)
