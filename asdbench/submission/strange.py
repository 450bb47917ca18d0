"""What has no place in a submission: links, files that nothing reads, and too much of them."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from asdbench.submission.guard import MIB, named_plainly, size
from asdbench.submission.reading import Flaw

LARGEST = 64 * MIB  # of all files of a submission
MANY = 20_000  # files
_SHOWN = 5
_WANTED = (
    r"submission\.toml",
    r"README\.md|LICENSE",
    r"test-sets\.json|tags\.json",
    r"rows/[^/]+\.json",
    r"source/[^/]+\.py",
    r"cells/[^/]+/(cell\.json|scores\.csv|history\.csv)",
    # What a run leaves beside them, which nothing here reads:
    r"cells/[^/]+/(train_scores\.csv|weights\.safetensors|method\.py|error\.txt)",
    r"leaderboard\.(md|html|tex|csv|json)",
    r"(board|formats|folder|mirrored|redo)\.json|redo\.done|mlflow\.db|\.lock",
    r"(stages|scratch|tuning|tuned|export|mlartifacts|clips)/.*|study\.db",
)
_KNOWN = re.compile("|".join(_WANTED))
_MAKE = "delete it, or make the submission anew with asdbench submission make"


def strange_files(folder: Path) -> Iterator[Flaw]:
    """A fault for each of the first few files that don't belong, and one for the others."""
    strange: list[tuple[str, str]] = []
    total = count = 0
    for name, found in _walked(folder):
        count += 1
        total += found.st_size
        if stat.S_ISLNK(found.st_mode):
            strange.append((name, "is a link; links aren't followed"))
        elif not stat.S_ISREG(found.st_mode):
            strange.append((name, "is no plain file"))
        elif not all(map(named_plainly, name.split("/"))):
            strange.append((repr(name), "has a name that not every system can have"))
        elif not _KNOWN.fullmatch(name):
            strange.append((name, "is no part of a submission"))
        if count > MANY:
            break
    for name, what in strange[:_SHOWN]:
        yield Flaw(name, what, _MAKE)
    if len(strange) > _SHOWN:
        yield Flaw("files", f"{len(strange) - _SHOWN} more that don't belong", _MAKE)
    if total > LARGEST or count > MANY:
        much = f"more than {MANY} files" if count > MANY else f"{size(total)} of files"
        yield Flaw(
            "files",
            f"{much}; a submission has at most {size(LARGEST)} in {MANY} files",
            "asdbench submission make leaves out weights and all else that isn't needed",
        )


def _walked(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Every file and link below, by its path from here; folders that are links aren't entered."""
    for place, folders, files in os.walk(folder):
        folders.sort()
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        for name in sorted([*files, *links]):
            path = Path(place) / name
            yield path.relative_to(folder).as_posix(), path.lstat()
