"""What cells took before, in an output folder and in those beside it: what others may take."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from asdbench.config.keys import plain
from asdbench.results.records import Cell
from asdbench.results.store import Store

MOST = 50  # cells of a method that are looked at in a folder
FAR = 4  # times as much sound


@dataclass(frozen=True)
class Took:
    """What a cell took, or may take: seconds, and bytes on disk.

    ``here`` says that cells of the same method were run in the folder itself; else the seconds are
    those of cells with the same fields elsewhere, by how much sound they had to score.
    """

    seconds: float
    bytes: float
    here: bool


class Before:
    """What is known of cells of an output folder, and of the folders beside it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        beside = store.folder.parent.glob("*/rows") if store.folder.parent.is_dir() else ()
        others = sorted(rows.parent for rows in beside)
        self._others = [Store(one) for one in others if one != store.folder]

    def took(self, cells: Sequence[Cell], clips: int) -> Took | None:
        """The median of cells like these, which are of one row; None where there are none.

        ``clips`` is how many test clips one of them has to score.
        """
        method = cells[0].method
        here = [
            Took(record["seconds"], _size(self._store, name), True)
            for name, record in records_of(self._store, method)
        ]
        if here:
            return _median(here)
        return _median(
            [
                Took(scale * record["seconds"], _size(store, name), False)
                for store in self._others
                for name, record in records_of(store, method)
                if (scale := _scale(record, cells[0], clips))
            ]
        )


def records_of(store: Store, method: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The cells of a method that are done, and took time; ``MOST`` of them."""
    for path in sorted(store.folder.glob(f"cells/{method}-*"))[:MOST]:
        record = store.cell(path.name)
        if record and record["seconds"] and record["cell"]["method"] == method:
            yield path.name, record


def _scale(record: Mapping[str, Any], cell: Cell, clips: int) -> float | None:
    """How much more sound a cell has than one that was run; None where the two aren't alike.

    A cell's start takes a second, whatever its size: from far apart, nothing can be said.
    """
    then, cost = record["cell"], record.get("cost") or {}
    alike = then["fields"] == plain(cell.fields) and then["numerics"] == plain(cell.numerics)
    seconds = cell.frontend.clip_seconds
    if not alike or not cost.get("clips") or not isinstance(seconds, float):
        return None
    scale = float(clips * seconds / (cost["clips"] * then["frontend"]["clip_seconds"]))
    return scale if 1 / FAR <= scale <= FAR else None


def _size(store: Store, name: str) -> int:
    return sum(path.stat().st_size for path in store.cell_folder(name).iterdir())


def _median(found: Sequence[Took]) -> Took | None:
    if not found:
        return None
    seconds = statistics.median(one.seconds for one in found)
    return Took(seconds, statistics.median(one.bytes for one in found), found[0].here)
