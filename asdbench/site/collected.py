"""Every row of many folders, each once; a folder or a row that is broken is named and left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from asdbench.submission.about import SOURCE, About, about_of, is_link
from asdbench.submission.guard import RefusedError, named_plainly, read_text
from asdbench.submission.reading import RowRead, read_cell, read_row, row_files

CODE = "method.py"


class Entrant(NamedTuple):
    """Who takes part: rows that are versions of one thing are the same entrant's.

    A method that asdbench ran and scores that were imported are two, and so are those of two teams.
    """

    label: str
    method: str
    imported: bool
    team: str


@dataclass(frozen=True)
class Submitted:
    """A row of a folder, with what its authors say of it and when its last cell was done."""

    row: RowRead
    about: About
    date: str | None

    @property
    def entrant(self) -> Entrant:
        imported = self.row.kind == "import"
        return Entrant(self.row.label, self.row.record["method"], imported, self.about.team.strip())

    @property
    def folder(self) -> str:
        """The name of its folder, not where it lies."""
        return self.row.folder.resolve().name

    @property
    def order(self) -> tuple[str, str, str]:
        """Oldest first; undated ones before all."""
        return self.date or "", self.folder, self.row.label

    def fact(self, name: str) -> str:
        """What its cells were run with, in words: every value that there is."""
        cells = (cell for cells in self.row.complete.values() for cell in cells.values())
        values = {str(cell["facts"].get(name) or "") for cell in cells} - {""}
        return ", ".join(sorted(values))

    @property
    def asdbench(self) -> str:
        """Versions of asdbench that ran it."""
        cells = (cell for cells in self.row.complete.values() for cell in cells.values())
        found = {str((cell["facts"].get("versions") or {}).get("asdbench", "")) for cell in cells}
        return ", ".join(sorted(found - {""}))

    @property
    def sources(self) -> dict[str, str]:
        """Where it comes from: ``paper`` and ``code``, as its authors say, else its method does.

        ``bibtex`` is an entry; addresses that are none of the web's aren't passed on.
        """
        told = {**self.row.record.get("sources", {}), **self.about.links}
        return {name: text for name, text in told.items() if name == "bibtex" or is_link(text)}

    @property
    def method_file(self) -> str:
        """Its method's own source, where the folder has it."""
        method, cells = self.row.record["method"], sorted(name for name, _ in self.row.cells)
        for name in (f"{SOURCE}/{method}.py", *(f"cells/{cell}/{CODE}" for cell in cells[:1])):
            try:
                return read_text(self.row.folder, name)
            except RefusedError:
                continue
        return ""


class Collected(NamedTuple):
    """Rows, oldest first; what is broken; and what was left out for being there already."""

    rows: Sequence[Submitted]
    faults: Sequence[str]
    twice: Sequence[str]


def collected(folders: Sequence[Path]) -> Collected:
    """The rows of these folders that have a complete repeat."""
    rows: list[Submitted] = []
    faults: list[str] = []
    for folder in folders:
        try:
            labels, about = row_files(folder), about_of(folder) or About()
            if not labels:
                raise RefusedError("there is no row")
        except (RefusedError, OSError) as error:
            faults.append(f"{folder}: {error}")
            continue
        for label in labels:
            try:
                row = read_row(folder, label)
            except (RefusedError, OSError) as error:
                faults.append(f"{folder}: row {label}: {error}")
                continue
            if row.complete:
                rows.append(Submitted(row, about, _date(row)))
    kept, twice, copied = _once(rows)
    return Collected(kept, [*faults, *copied], twice)


def _once(rows: Sequence[Submitted]) -> tuple[list[Submitted], list[str], list[str]]:
    """Each row once: cells that another row has too, with the same scores, aren't counted again.

    And which rows those are: run by one team or by several (what has no randomness has the same
    scores wherever it is run), and copied: done at the same moment, by another team.
    """
    kept: list[Submitted] = []
    twice: list[str] = []
    copied: list[str] = []
    # The most cells first, those that tell most of themselves first among the same.
    for one in sorted(rows, key=lambda r: (-len(r.row.cells), not r.about.title, r.order)):
        same = next((k for k in kept if one.row.cells <= k.row.cells), None)
        if same is None:
            kept.append(one)
            continue
        said = (
            f"{one.folder}: row {one.row.label} has the cells of {same.row.label} in {same.folder}"
        )
        teams = {one.about.team, same.about.team} - {""}
        if len(teams) < 2 or one.date != same.date:
            twice.append(f"{said}; counted once")
        else:
            copied.append(
                f"{said}, of another team ({one.about.team}, "
                f"{same.about.team}): one is a copy of the other; take it out"
            )
    return sorted(kept, key=lambda row: row.order), twice, copied


def _date(row: RowRead) -> str | None:
    """When its last cell was done, or imported; of a row made of others, when their last was."""
    cells = [cell for cells in row.complete.values() for cell in cells.values()]
    parts = [part for cell in cells for part in cell.get("cell", {}).get("parts") or ()]
    for part in parts if row.kind == "ensemble" else ():
        if not (isinstance(part, str) and named_plainly(part)):
            continue
        try:
            if found := read_cell(row.folder, part):
                cells.append(found)
        except RefusedError:
            continue
    facts = [cell["facts"] for cell in cells]
    moments = [fact[n] for fact in facts for n in ("finished", "imported") if fact.get(n)]
    return max(moments, default=None)
