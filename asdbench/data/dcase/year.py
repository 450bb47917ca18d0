"""Which year of DCASE Task 2 a folder's recordings may be of."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from asdbench.data.dcase import facts
from asdbench.data.dcase.facts import SUBSETS, YEARS, Year
from asdbench.data.dcase.layout import WORK_FOLDER, subset_named_by
from asdbench.data.dcase.names import has_section
from asdbench.data.folders.tree import Tree, Wav

_SINCE_2021 = [year for year in YEARS.values() if year.number > 2020]
_KNOWN = {machine for year in _SINCE_2021 for types in year.types.values() for machine in types}
Ids = Mapping[tuple[str, str], set[str]]  # by machine type, and the subset that a folder says


def noted_year(root: Path) -> int | None:
    """The year that a download wrote down in the folder, if one did."""
    for folder in (root, root.parent) if subset_named_by(root) else (root,):
        try:
            text = (folder / WORK_FOLDER / "dataset").read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            continue
        number = text.removeprefix("dcase")
        return int(number) if number.isdecimal() and int(number) in YEARS else None
    return None


def unpacked(root: Path) -> set[str]:
    """The archives that a download has unpacked into the folder: what is left of them is unused."""
    try:
        done = json.loads((root / WORK_FOLDER / "done.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return set()
    return set(done)


def candidates(wavs: Sequence[Wav], wanted: int | None = None) -> tuple[int, ...]:
    """The years that have these machine types, sections and folders; none if no year has them all.

    Machine types that no year has are left aside. Years whose sections and folders are all there
    go before years of which some are missing, and the ``wanted`` one goes before both.
    """
    sections = [wav for wav in wavs if has_section(wav.name)]
    if not sections:
        known = facts.ids(2020, SUBSETS[0]) | facts.ids(2020, SUBSETS[1])
        return (2020,) if any((wav.machine, wav.id) in known for wav in wavs) else ()
    if len(sections) < len(wavs):
        return ()
    every, trained = _ids(sections), _ids(wav for wav in sections if wav.split == "train")
    if not every:
        return ()
    folders = {wav.path.split("/")[-2] for wav in sections}
    possible = [year for year in _SINCE_2021 if _may_be(year, every, folders)]
    asked = [year for year in possible if year.number == wanted]
    whole = [year for year in possible if trained and _is_whole(year, trained, folders)]
    return tuple(year.number for year in asked or whole or possible)


def years_of(tree: Tree, machine: str, id: str, *, section: bool = True) -> tuple[int, ...]:
    """The years that one machine ID may be of: those that have it, narrowed by the whole folder."""
    if not section:
        return (2020,)
    own = tuple(y.number for y in _SINCE_2021 if facts.subset_of(y.number, machine, id))
    return tuple(number for number in own if number in tree.years) or own


def with_subsets(tree: Tree) -> list[Wav]:
    """The recordings, those whose folder doesn't say a subset with that of their year.

    Where the year doesn't say it either, or several years don't agree, it is development.
    """
    known: dict[tuple[str, str, bool], str] = {}
    found = []
    for wav in tree.wavs:
        if wav.subset:
            found.append(wav)
            continue
        key = (wav.machine, wav.id, has_section(wav.name))
        if key not in known:
            years = years_of(tree, wav.machine, wav.id, section=key[2])
            said = {facts.subset_of(number, wav.machine, wav.id) for number in years}
            known[key] = (said.pop() if len(said) == 1 else None) or "development"
        found.append(wav._replace(subset=known[key]))
    return found


def _ids(wavs: Iterable[Wav]) -> Ids:
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for wav in wavs:
        if wav.machine in _KNOWN:
            found[wav.machine, wav.subset].add(wav.id)
    return found


def _may_be(year: Year, every: Ids, folders: set[str]) -> bool:
    apart = bool(folders & {"source_test", "target_test"})
    if (apart and year.number != 2021) or ("test" in folders and year.number == 2021):
        return False
    if "supplemental" in folders and not year.supplemental:
        return False
    return all(ids <= set().union(*_of(year, *key)) for key, ids in every.items())


def _is_whole(year: Year, trained: Ids, folders: set[str]) -> bool:
    developed = all(machine in year.types["development"] for machine, _ in trained)
    if year.supplemental and developed and "supplemental" not in folders:
        return (
            False  # of evaluation types, labels hang on it: who took the folder out may be misled
        )
    for key, ids in trained.items():
        parts = _of(year, *key)
        if ids not in (*parts, set().union(*parts)):
            return False
    return True


def _of(year: Year, machine: str, subset: str) -> list[set[str]]:
    """The IDs that a year has of a machine type, in this subset or in each."""
    return [
        set(year.ids[one]) for one in SUBSETS if subset in ("", one) and machine in year.types[one]
    ]
