"""Unpack one archive of the data set, so that nothing can be written outside its folder."""

from __future__ import annotations

import os
import stat
import tempfile
import zipfile
import zlib
from collections import Counter
from pathlib import Path, PurePosixPath

from asdbench.data.dcase.fetch import Report
from asdbench.data.dcase.room import require_to_unpack

SCRATCH = "unpacking-"


def unpack(archive: Path, machine: str, into: Path, *, work: Path, report: Report) -> Counter[str]:
    """Move what the archive holds of ``machine`` to ``into/machine``; files by folder are returned.

    Unpacks beside, in ``work`` (the same file system), and moves file by file when all is well:
    broken off at any point, it can simply be done again. Raises ``ValueError`` where a member
    would leave the folder, where the zip is damaged, and where it holds no such machine type;
    ``OSError`` where the disk hasn't the room.
    """
    with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=work) as scratch:
        _extract(archive, Path(scratch), report)
        source = _folder_named(machine, Path(scratch))
        if source is None:
            raise ValueError(f"{archive} holds no folder {machine}/; is it the right archive?")
        return _move_files(source, into / machine)


def _extract(archive: Path, to: Path, report: Report) -> None:
    try:
        with zipfile.ZipFile(archive) as file:
            members = file.infolist()
            for member in members:
                _check_member(archive, member)
            done, total = 0, sum(member.file_size for member in members)
            require_to_unpack(archive, total, to)
            for member in members:
                file.extract(member, to)
                done += member.file_size
                report(done, total)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise ValueError(
            f"{archive} is not a whole zip file ({error}); delete it and run the same command again"
        ) from error


def _check_member(archive: Path, member: zipfile.ZipInfo) -> None:
    """zipfile would bend such names into the folder; an archive that has one is not to be used."""
    name = member.orig_filename.replace("\\", "/")
    if name.startswith("/") or name[1:2] == ":" or ".." in PurePosixPath(name).parts:
        problem = "would be written outside the folder"
    elif stat.S_ISLNK(member.external_attr >> 16):
        problem = "is a symbolic link"
    else:
        return
    raise ValueError(
        f"{archive}: the member {member.orig_filename!r} {problem}; nothing was unpacked; this is "
        "not the published archive, so delete it and take another source"
    )


def _folder_named(machine: str, scratch: Path) -> Path | None:
    """``<machine>/``, or the same one folder deeper, as in ``dev_data/<machine>/``."""
    for candidate in (scratch / machine, *sorted(scratch.glob(f"*/{machine}"))):
        if candidate.is_dir():
            return candidate
    return None


def _move_files(source: Path, target: Path) -> Counter[str]:
    counts: Counter[str] = Counter()
    for folder, _, names in os.walk(source):
        inner = Path(folder).relative_to(source)
        if names:
            (target / inner).mkdir(parents=True, exist_ok=True)
            counts[(Path(target.name) / inner).as_posix()] += len(names)
        for name in names:
            os.replace(Path(folder, name), target / inner / name)
    return counts
