"""The dataset plugin for any folder of recordings."""

from __future__ import annotations

from dataclasses import dataclass

from asdbench.data.clips import Recording
from asdbench.data.dcase.facts import SUBSETS
from asdbench.data.folders.recordings import protocol_of, recordings_of


@dataclass(frozen=True)
class Folder:
    """Any folder of recordings, or zip of one: DCASE Task 2 of any year, MIMII, or one of your own.

    What it is, is recognised. ``machines`` and ``subsets`` choose a part of it (no machine types
    means all). ``channels`` says what is heard of several: "first", "mean", "all" (kept apart), or
    "auto": two are averaged and of more the first is taken, but of DCASE 2026 the first, which is
    the near microphone. ``recordings`` raises ``ValueError`` where the folder is in no known
    layout, or where a name contradicts it.
    """

    path: str
    machines: tuple[str, ...] = ()
    subsets: tuple[str, ...] = SUBSETS
    channels: str = "auto"

    def recordings(self) -> list[Recording]:
        """Every clip of the chosen part, in the order of machine, ID, subset, split and name."""
        return recordings_of(self)

    @property
    def protocol(self) -> str:
        """The official score of the folder's year; "2020" where that isn't known."""
        return protocol_of(self)
