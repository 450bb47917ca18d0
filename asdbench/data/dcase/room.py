"""How much free disk a download needs, and how much there is.

What it needs is an estimate: recordings hardly compress, so an unpacked archive is taken to be as
large as the archive. Before unpacking, the true size is known and checked.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from asdbench.data.dcase.ask import AGAIN


@dataclass(frozen=True)
class Load:
    """What one archive asks of the disk: its bytes, if known, and those that are there already.

    ``stays`` is whether the archive is kept once it is unpacked.
    """

    size: int | None
    there: int = 0
    stays: bool = False


@dataclass(frozen=True)
class Room:
    """Bytes that a download needs at its fullest, those that are free, archives of unknown size."""

    folder: Path
    needed: int
    free: int
    unknown: int = 0

    def __str__(self) -> str:
        more = f", and more for {self.unknown} of unknown size" if self.unknown else ""
        return (
            f"disk of {self.folder}: about {_gb(self.needed)} needed (taking unpacked recordings "
            f"to be as large as their archives){more}; {_gb(self.free)} free"
        )

    def require(self) -> None:
        """Raise ``OSError`` where the need is beyond what is free."""
        if self.needed > self.free:
            raise OSError(
                f"not enough room: {self}; free some space, choose another folder, or fewer "
                "machine types"
            )


def room_for(loads: Iterable[Load], folder: Path) -> Room:
    """The need of archives that are fetched and unpacked one after the other, on a disk."""
    used = most = unknown = 0
    for load in loads:
        if load.size is None:
            unknown += 1
            continue
        used += max(load.size - load.there, 0) + load.size
        most = max(most, used)
        used -= 0 if load.stays else load.size
    return Room(folder, most, shutil.disk_usage(folder).free, unknown)


def require_to_unpack(archive: Path, size: int, folder: Path) -> None:
    """Raise ``OSError`` unless ``size`` bytes, which the archive unpacks to, are free."""
    free = shutil.disk_usage(folder).free
    if size > free:
        raise OSError(
            f"not enough room to unpack {archive.name}: {_gb(size)} needed in {folder}, "
            f"{_gb(free)} free; free some space, then {AGAIN}"
        )


def _gb(size: int) -> str:
    return f"{size / 1e9:,.1f} GB" if size >= 50_000_000 else f"{size / 1e6:,.1f} MB"
