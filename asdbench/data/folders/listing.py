"""The files of a folder of recordings, those inside its zip archives among them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from asdbench.config.files import refuse_pipe
from asdbench.config.names import check_utf8, near_path
from asdbench.data.folders.archives import entries_of, replaced
from asdbench.data.sound_files import SUFFIXES
from asdbench.data.zipped import member_bytes

WAY_TO_GET = "`asdbench data download dcase2020 --to DIR`"
_ZIPS_WITHIN = 1  # folders below the root that a zip may lie in: dev_data/dev_fan.zip
_ABOVE = re.compile(r"(?:(?:dev_data|eval_data)/)?(?:raw/)?")


class Listed(NamedTuple):
    """A file: where layouts look for it, its path, and the archive it is in, if it is in one.

    ``where`` is relative to the root. For a member of ``dev_fan.zip`` it is as if that had been
    unpacked into ``dev_data/``; its ``path`` has the archive and the member.
    """

    where: str
    path: str
    archive: str = ""

    @property
    def name(self) -> str:
        return self.where.rpartition("/")[2]

    @property
    def is_sound(self) -> bool:
        """Whether its name says so; hidden files are none."""
        return self.name.lower().endswith(SUFFIXES) and not self.name.startswith(".")

    def text(self) -> str:
        """What it says, as UTF-8. Raises ``ValueError`` where it can't be read, or isn't that."""
        try:
            if self.archive:
                member = self.path[len(self.archive) + 1 :]
                return member_bytes(Path(self.archive), member).decode("utf-8-sig")
            refuse_pipe(self.path)
            return Path(self.path).read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ValueError(
                f"{self.path} isn't UTF-8 (byte {error.start}); save it as UTF-8"
            ) from error
        except OSError as error:
            raise ValueError(f"cannot read {self.path}: {error.strerror}") from error


@dataclass(frozen=True)
class Listing:
    """All files below ``root``, in the order of their places; ``broken`` are zips that aren't.

    Hidden folders and empty ones are entries too, without what is in them.
    """

    root: Path
    entries: tuple[Listed, ...]
    broken: tuple[str, ...] = ()


def list_files(path: str | Path) -> Listing:
    """Read folders and the contents of zips, without opening a recording.

    ``path`` is a folder or a zip. Where a file lies there unpacked, and in a zip as well, the
    unpacked one counts. Raises ``ValueError`` where it isn't there or can't be listed.
    """
    root = Path(path).expanduser()
    check_utf8(root)
    if root.is_file() and root.suffix.lower() == ".zip":
        members, problem = entries_of(root, "")
        return Listing(root, _entries(root, members), (problem,) if problem else ())
    if not root.is_dir():
        problem = "is a file, neither a folder nor a zip" if root.exists() else "does not exist"
        meant = (not root.exists() and near_path(root)) or f"; give one, or get one by {WAY_TO_GET}"
        raise ValueError(f"the data folder {root} {problem}{meant}")
    entries = list(_walk(str(root), ""))
    zips = [e for e in entries if e.where.lower().endswith(".zip") and _may_hold(e)]
    superseded = replaced([entry.where for entry in zips])
    broken: list[str] = []
    packed: list[Listed] = []
    for archive in zips:
        if archive.where not in superseded:
            base = archive.where.rpartition("/")[0]
            members, problem = entries_of(Path(archive.path), base, told=bool(_named_subset(root)))
            broken += [problem] if problem else []
            packed += _entries(Path(archive.path), members)
    there = {_ABOVE.sub("", entry.where, count=1) for entry in entries} if packed else set()
    entries += [one for one in packed if _ABOVE.sub("", one.where, count=1) not in there]
    return Listing(root, tuple(sorted(entries)), tuple(broken))


def _named_subset(root: Path) -> bool:
    absolute = Path(os.path.abspath(root))
    return bool({absolute.name, absolute.parent.name} & {"dev_data", "eval_data"})


def _may_hold(entry: Listed) -> bool:
    return entry.where.count("/") <= _ZIPS_WITHIN and not entry.name.startswith(".")


def _entries(archive: Path, members: list[tuple[str, str]]) -> tuple[Listed, ...]:
    return tuple(Listed(where, f"{archive}/{member}", str(archive)) for where, member in members)


def _walk(folder: str, above: str) -> Iterator[Listed]:
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        raise ValueError(f"cannot list {folder}: {error.strerror}; check its permissions") from None
    for entry in entries:
        where = f"{above}{entry.name}"
        if not entry.is_dir() or entry.name.startswith(".") or _leads_back(entry, folder):
            yield Listed(where, entry.path)
            continue
        empty = True
        for inner in _walk(entry.path, f"{where}/"):
            empty = False
            yield inner
        if empty:
            yield Listed(where, entry.path)


def _leads_back(entry: os.DirEntry[str], folder: str) -> bool:
    """Whether a folder is a link to one that it lies in: to follow it would never end."""
    if not entry.is_symlink():
        return False
    target = os.path.realpath(entry.path)
    return f"{os.path.realpath(folder)}/".startswith(f"{target}/")
