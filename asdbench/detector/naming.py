"""Which machine a recording is of, by its path."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from asdbench.data.dcase.names import told_by
from asdbench.detector.description import MachineId

_ID = re.compile(r"(?:id|section)[_-]?([0-9A-Za-z]+)", re.IGNORECASE)
_WITHIN = re.compile(r"(?:^|[_. -])(?:id|section)[_-]([0-9A-Za-z]+)(?=$|[_. -])", re.IGNORECASE)


def machine_of(
    path: Path, known: Sequence[MachineId], machine: str | None = None, id: str | None = None
) -> MachineId:
    """The machine type and ID of a recording.

    What is given is taken. Else a folder that has a known type's name says the type, and the ID is
    what "id_00" or "section_00" in the file's name says, a folder of such a name, or one that has a
    known ID's name. Where the detector knows one only, it is that. Raises ``ValueError`` where it
    can't be told, or for a machine type that the detector doesn't know.
    """
    for name, given in (("machine", machine), ("id", id)):
        if given is not None and not isinstance(given, str):
            raise ValueError(f"{name} = {given!r}: give it as text, as in '00'")
    types = list(dict.fromkeys(one for one, _ in known))
    parts = [part for part in path.parts[:-1] if part not in {".", "..", "/"}][::-1]
    of_type = machine or _first(parts, types) or _lone(types)
    if of_type is None:
        raise ValueError(f"which machine type is it: {', '.join(types)}? give machine (--machine)")
    if of_type not in types:
        raise ValueError(f"no machine type {of_type!r}; the detector knows {', '.join(types)}")
    ids = [one for other, one in known if other == of_type]
    of_id = id or _told(path) or _in_folders(parts, ids) or _lone(ids)
    if of_id is None:
        raise ValueError(f"which {of_type} is it: {', '.join(ids)}? give its ID (--id)")
    return of_type, of_id


def _told(path: Path) -> str | None:
    if named := told_by(f"{path.stem}.wav"):
        return named.id
    match = _WITHIN.search(path.stem)
    return match[1] if match else None


def _in_folders(parts: Sequence[str], ids: Sequence[str]) -> str | None:
    for part in parts:
        if match := _ID.fullmatch(part):
            return match[1]
    return _first(parts, ids)


def _first(parts: Sequence[str], names: Sequence[str]) -> str | None:
    return next((part for part in parts if part in names), None)


def _lone(names: Sequence[str]) -> str | None:
    return names[0] if len(names) == 1 else None
