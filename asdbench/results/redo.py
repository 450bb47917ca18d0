"""Which cells ``--force`` has still to run again, so that a forced run that was killed goes on."""

from __future__ import annotations

from collections.abc import Sequence

from asdbench.results.records import Cell
from asdbench.results.store import Store

FILE, DONE = "redo.json", "redo.done"  # the second has a line for each that was run since


class Redo:
    """The cells of a run that are to be run although they are done.

    ``code`` tells what they are run again with: another forced run goes on where one was stopped
    if it has the same, and else begins anew. A run that isn't forced forgets what was left.
    """

    def __init__(self, store: Store, cells: Sequence[Cell], *, force: bool, code: str) -> None:
        self._store = store
        self._left: set[str] = set()
        if force:
            names = {cell.name for cell in cells}
            known = store.read_json(FILE) or {}
            same = known.get("code") == code
            before = set(known["asked"]) if same else set()
            left = set(known["left"]) - self._done_since() if same else set()
            self._left = (names - before) | left
        (store.folder / DONE).unlink(missing_ok=True)  # killed here, these are run once more
        if self._left:
            state = {"code": code, "asked": sorted(names | before), "left": sorted(self._left)}
            store.write_json(FILE, state)
        else:
            (store.folder / FILE).unlink(missing_ok=True)

    def missing(self, cells: Sequence[Cell]) -> list[Cell]:
        """Those of these cells that are to be run, each once."""
        wanted = {
            c.name: c for c in cells if c.name in self._left or not self._store.intact(c.name)
        }
        return list(wanted.values())

    def done(self, cell: Cell) -> None:
        """A cell was run again."""
        if cell.name in self._left:
            self._left.discard(cell.name)
            with open(self._store.folder / DONE, "a", encoding="utf-8") as file:
                file.write(f"{cell.name}\n")
            if not self._left:
                for name in (FILE, DONE):
                    (self._store.folder / name).unlink()

    def _done_since(self) -> set[str]:
        """Names of what was run again since the first file was written, without a half one."""
        path = self._store.folder / DONE
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        return set(text.split("\n")[:-1])
