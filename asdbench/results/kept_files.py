"""A folder's files: written in one step, and damage told from what was never there."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from asdbench.config import files
from asdbench.config.keys import canonical

_FULL = "; nothing that is done is lost: free some space and run the same command again"
_log = logging.getLogger(__name__)


class KeptFiles:
    """Files below a folder. ``damaged`` says, by file, what is wrong with those that were read.

    A file that is written anew is no more damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.damaged: dict[str, str] = {}

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file of the folder in one step; ``ValueError`` where the disk is full."""
        with self.room():
            written = files.write(self.folder / name, content)
        self.damaged.pop(name, None)
        return written

    def write_json(self, name: str, value: Any) -> Path:
        """Write a JSON file of the folder, always with one spelling."""
        text = json.dumps(json.loads(canonical(value)), indent=1, sort_keys=True)
        return self.write(name, text + "\n")

    def read_json(self, name: str, keys: Sequence[str] = ()) -> dict[str, Any] | None:
        """A JSON file's content, or None where there is no such file (or no more).

        One that is damaged, emptied or cut short by a disk or a copy, or lacks one of these
        ``keys``, counts as not there: that is logged, and kept in ``damaged``.
        """
        try:
            files.refuse_pipe(self.folder / name)
            found = json.loads((self.folder / name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (ValueError, RecursionError):  # which it is of much that is nested
            found = None
        if not isinstance(found, dict) or not found.keys() >= {*keys}:
            self.spoilt(name, "isn't the JSON that was written")
            return None
        return found

    def sealed(self, name: str, known: Mapping[str, Any] | None) -> bytes:
        """A file's content. Raises ``ValueError`` where it isn't what this seal was made of."""
        path = self.folder / name
        content = files.content_of(path)
        if known not in (None, seal_of(content)):
            raise ValueError(
                f"{path} isn't what was written ({known['bytes']} bytes, another hash); delete "
                f"{path.parent}, and run or import it again"
            )
        return content

    def whole(self, place: str, seals: Mapping[str, Any], needed: str, *, unless: str = "") -> bool:
        """Whether files of a folder have the sizes of their seals; says which has not.

        One that is gone counts only if it is the ``needed`` one; that of ``unless`` never does.
        """
        for name, known in ((name, known) for name, known in seals.items() if name != unless):
            path = self.folder / place / name
            there = path.exists()
            size = path.stat().st_size if there else 0
            if size != known["bytes"] and (there or name == needed):
                self.spoilt(f"{place}/{name}", f"has {size} of {known['bytes']} bytes")
                return False
        return True

    def spoilt(self, name: str, why: str) -> None:
        """Note that a file is damaged; once a file, in the log."""
        if name not in self.damaged:
            self.damaged[name] = f"{self.folder / name} {why}, so it counts as missing"
            _log.warning("%s; run or import it again, and it is made anew", self.damaged[name])

    def lost(self, name: str, why: str, what: str) -> None:
        """Note that a file is damaged which nothing waits for, and what is left out for it."""
        if name not in self.damaged:
            self.damaged[name] = f"{self.folder / name} {why}, so {what} are left out"
            _log.warning("%s", self.damaged[name])

    def room(self) -> contextlib.AbstractContextManager[None]:
        """Says what a full disk, or a folder that can't be written, means."""
        return files.room_in(self.folder, if_full=_FULL, if_denied="; use another --out")


def inside(name: str) -> str:
    """The name itself. Raises ``ValueError`` where it isn't one within a folder, but a way out."""
    if name in {"", ".", ".."} or "/" in name or os.sep in name or "\0" in name:
        raise ValueError(f"{name!r} can't be the name of a file; use one without / in it")
    return name


def seal_of(content: str | bytes) -> dict[str, Any]:
    """What a file is recognised by: its size in bytes, and a hash."""
    data = content.encode() if isinstance(content, str) else content
    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
