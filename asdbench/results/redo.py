"""Which cells ``--force`` has still to run again, so that a forced run that was killed goes on."""

from __future__ import annotations

from collections.abc import Sequence

from asdbench.results.records import Cell
from asdbench.results.store import Store

FILE = "redo.json"


class Redo:
    """The cells of a run that are to be run although they are done.

    ``code`` tells what they are run again with: another forced run goes on where one was stopped
    if it has the same, and else begins anew. A run that isn't forced forgets what was left.
    """

    def __init__(self, store: Store, cells: Sequence[Cell], *, force: bool, code: str) -> None:
        self._store, self._code = store, code
        self._asked: set[str] = set()
        self._left: set[str] = set()
        if force:
            names = {cell.name for cell in cells}
            known = store.read_json(FILE) or {}
            same = known.get("code") == code
            before = set(known["asked"]) if same else set()
            left = set(known["left"]) if same else set()
            self._asked = names | before
            self._left = (names - before) | left
        self._write()

    def missing(self, cells: Sequence[Cell]) -> list[Cell]:
        """Those of these cells that are to be run, each once."""
        wanted = {c.name: c for c in cells if c.name in self._left or not self._store.done(c.name)}
        return list(wanted.values())

    def done(self, cell: Cell) -> None:
        """A cell was run again."""
        if cell.name in self._left:
            self._left.discard(cell.name)
            self._write()

    def _write(self) -> None:
        if self._left:
            state = {"code": self._code, "asked": sorted(self._asked), "left": sorted(self._left)}
            self._store.write_json(FILE, state)
        else:
            (self._store.folder / FILE).unlink(missing_ok=True)
