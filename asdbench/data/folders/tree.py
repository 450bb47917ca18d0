"""What a folder of recordings holds, once its layout is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from asdbench.data.folders.listing import Listed, Listing

Pairs = tuple[tuple[str, str], ...]


class Wav(NamedTuple):
    """A recording; ``anomalous`` is what its name or place says, None if nothing does.

    ``subset`` is empty as long as nothing has said it. ``archive`` is the zip that it is in;
    ``more`` are files with its further channels.
    """

    path: str
    machine: str
    id: str
    subset: str
    split: str
    name: str
    anomalous: bool | None
    domain: str | None = None
    attributes: Pairs = ()
    archive: str = ""
    more: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recognised:
    """What a layout makes of a listing: recordings, wavs whose names it can't read, and the rest.

    ``unnamed`` are machine types and paths; ``tables`` are machine types and their tables of
    attributes; ``used`` are further files that it knows; ``faults`` are what a run would stop at.
    """

    wavs: list[Wav] = field(default_factory=list)
    unnamed: list[tuple[str, str]] = field(default_factory=list)
    tables: list[tuple[str, Listed]] = field(default_factory=list)
    used: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def paths(self) -> set[str]:
        """The files that it knows."""
        wavs = (path for wav in self.wavs for path in (wav.path, *wav.more))
        others = (path for _, path in self.unnamed)
        return {*wavs, *others, *(table.path for _, table in self.tables), *self.used}


@dataclass(frozen=True)
class Tree:
    """A folder in a layout: its recordings, those without a machine ID in their name, and the rest.

    ``odd`` are the files and folders that no run looks at: hidden, no wav, or in no place that
    the layout has; ``left_out`` are the recordings among them. ``years`` are the years of DCASE
    Task 2 that it may be; ``faults`` are what a run would stop at, ``passed_over`` lines of tables
    that can't be understood.
    """

    path: Path
    wavs: tuple[Wav, ...]
    unnamed: tuple[Path, ...]
    odd: tuple[Path, ...]
    layout: str = "DCASE"
    years: tuple[int, ...] = ()
    faults: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()


def left_out(listing: Listing, known: Iterable[str]) -> tuple[str, ...]:
    """The recordings that aren't known: in a folder too deep, or of a name in capitals."""
    claimed = set(known)
    return tuple(e.where for e in listing.entries if e.is_sound and e.path not in claimed)


def odd_paths(listing: Listing, known: Iterable[str], ignored: Iterable[str]) -> list[Path]:
    """What isn't known, each folder that has nothing known in it as one."""
    above = str(listing.root).rstrip("/") + "/"
    claimed = set(known)
    folders = {
        upper
        for folder in {path[len(above) :].rpartition("/")[0] for path in claimed}
        for upper in _with_those_above(folder)
    }
    skipped = {*claimed, *ignored}
    found = set()
    for entry in listing.entries:
        if entry.path not in skipped:
            for upper in _with_those_above(entry.path[len(above) :]):
                if upper not in folders:
                    found.add(listing.root / upper)
                    break
    return sorted(found)


def _with_those_above(path: str) -> Iterator[str]:
    """The folders that a place is in, the outermost first, and itself."""
    parts = path.split("/")
    for depth in range(1, len(parts) + 1):
        yield "/".join(parts[:depth])
