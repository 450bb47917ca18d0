"""What a zip archive of recordings holds, as if it had been unpacked where it belongs."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

from asdbench.config.files import refuse_pipe
from asdbench.data.zipped import DAMAGED

SUBSET_OF_NAME = re.compile(r"(dev|eval)(?![a-z])", re.IGNORECASE)  # dev_fan, eval_data_fan_test
_SNR = re.compile(r"-?\d+_?dB", re.IGNORECASE)  # -6_dB_fan, as MIMII's archives are named
_REVISION = re.compile(r"(.*?)(?:_r(\d+))?\.zip", re.IGNORECASE)
_KEPT = {"dev_data", "eval_data", "raw"}
_WITHIN_A_TYPE = re.compile(r"train|test|source_test|target_test|supplemental|id_\w+|case\d+")


def entries_of(
    archive: Path, base: str, *, told: bool = False
) -> tuple[list[tuple[str, str]], str]:
    """The members of an archive by place and name, and what is wrong with it if something is.

    The place begins with ``base``, the folder that the archive lies in. Its name says what comes
    next: ``dev_data`` for "dev_fan.zip", ``eval_data`` for "eval_data_fan_test.zip", unless that is
    ``told`` by a folder above; the name itself where that has a signal-to-noise ratio.
    """
    try:
        refuse_pipe(archive)
        with zipfile.ZipFile(archive) as file:
            members = [info.filename for info in file.infolist() if not info.is_dir()]
    except (*DAMAGED, OSError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return [], (
            f"{archive} is not a whole zip file ({reason}); fetch it again, or take it out of the "
            "folder"
        )
    seen = [name for name in members if not _is_hidden(name)]
    outer = _outer_folders(seen)
    above = [base] if base else []
    named = SUBSET_OF_NAME.match(archive.name)
    inner = [name.removeprefix(outer) for name in seen]
    said = told or base.split("/")[0] in _KEPT or any(n.split("/")[0] in _KEPT for n in inner)
    if named and not said:
        above.append(f"{named[1].lower()}_data")
    elif _SNR.match(archive.name):
        above.append(archive.stem)
    return [("/".join([*above, short]), name) for short, name in zip(inner, seen, strict=True)], ""


def replaced(archives: Sequence[str]) -> set[str]:
    """Those of which a later revision lies beside: ``dev_ToyCar.zip`` by ``dev_ToyCar_r2.zip``."""
    newest: dict[str, tuple[int, str]] = {}
    for name in archives:
        match = _REVISION.fullmatch(name)
        assert match, name
        stem, revision = match[1], int(match[2] or 0)
        newest[stem] = max(newest.get(stem, (-1, "")), (revision, name))
    return set(archives) - {name for _, name in newest.values()}


def _is_hidden(member: str) -> bool:
    parts = member.split("/")
    return parts[0] == "__MACOSX" or ".." in parts or any(p.startswith(".") for p in parts)


def _outer_folders(members: Sequence[str]) -> str:
    """The folders that hold all else and say nothing, as ``my_data/`` of ``my_data.zip``."""
    parts = [name.split("/") for name in members]
    depth = 0
    while parts and all(len(one) > depth + 2 for one in parts):
        first = {one[depth] for one in parts}
        below = {one[depth + 1] for one in parts}
        if len(first) > 1 or first & _KEPT or _SNR.match(min(first)):
            break
        if any(_WITHIN_A_TYPE.fullmatch(name) for name in below):
            break
        depth += 1
    return "".join(f"{name}/" for name in parts[0][:depth]) if parts else ""
