"""Which layout a folder has: the recordings in it, whatever it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from asdbench.data.choices import check_known
from asdbench.data.dcase import layout as dcase
from asdbench.data.dcase.tables import with_tables
from asdbench.data.dcase.year import candidates, noted_year, unpacked, with_subsets
from asdbench.data.folders import mimii, table, toyadmos
from asdbench.data.folders.listing import WAY_TO_GET, Listing, list_files
from asdbench.data.folders.tree import Recognised, Tree, Wav, left_out, odd_paths

TAG_FILE = "tags.csv"
DCASE, TABLE, MIMII, TOYADMOS = "DCASE", table.FILE, "MIMII", "ToyADMOS"
_OTHERS = {MIMII: mimii.read, TOYADMOS: toyadmos.read}


def scan(path: str | Path, *, machines: Sequence[str] = (), year: int | None = None) -> Tree:
    """Read the folder's listing (no recording is opened), for some machine types or all of them.

    ``year`` settles which year of DCASE it is of, if it may be of that. Raises ``ValueError``
    where the folder can't be listed, or holds nothing in a known layout.
    """
    listing = list_files(path)
    name, found = _read(listing)
    types = {wav.machine for wav in found.wavs} | {machine for machine, _ in found.unnamed}
    if found.wavs or found.unnamed or not found.faults:
        check_known("machine type", machines, types, f"in {listing.root}")
    above = f"{listing.root}/"
    odd = odd_paths(listing, found.paths, (f"{above}{TAG_FILE}", f"{above}{dcase.WORK_FOLDER}"))
    wavs = found.wavs
    left = tuple(f"{above}{archive} " for archive in unpacked(listing.root))
    broken = [problem for problem in listing.broken if not problem.startswith(left)]
    faults = [*broken, *found.faults]
    years: tuple[int, ...] = ()
    passed_over: list[str] = []
    if name == DCASE:
        wavs, wrong, passed_over = with_tables(wavs, found.tables)
        faults += wrong
        noted = noted_year(listing.root)
        years = (noted,) if noted else candidates(wavs, year)
        years = (year,) if year and not years else years
    tree = Tree(
        listing.root,
        tuple(wavs),
        tuple(sorted(Path(p) for m, p in found.unnamed if not machines or m in machines)),
        tuple(odd),
        name,
        years,
        tuple(faults),
        left_out(listing, found.paths),
        tuple(passed_over),
    )
    chosen = [w for w in with_subsets(tree) if not machines or w.machine in machines]
    return replace(tree, wavs=tuple(sorted(chosen, key=_order)))


def _order(wav: Wav) -> tuple[str, ...]:
    return wav.path, wav.machine


def _read(listing: Listing) -> tuple[str, Recognised]:
    """The layout's name, and what it makes of the listing: the first that finds recordings."""
    if found := table.table_of(listing):
        return TABLE, table.read(listing, found)
    reading = dcase.read(listing)
    if reading.wavs or reading.unnamed:
        return DCASE, reading
    for name, read in _OTHERS.items():
        other = read(listing)
        if other.wavs:
            return name, other
    raise ValueError(_nothing_in(listing))


def _nothing_in(listing: Listing) -> str:
    """Say what was looked for, what is there instead, and how to go on."""
    root, machines = listing.root, dcase.types_in(listing)
    seen = (entry.where.partition("/")[0] for entry in listing.entries)
    names = sorted({name for name in seen if not name.startswith(".")})
    looked = (
        "<machine>/train/*.wav and <machine>/test/*.wav, with dev_data/ or eval_data/ or nothing "
        "above them, MIMII's <machine>/id_<id>/normal/, ToyADMOS's <machine>/case<n>/, or a table "
        f"{table.FILE}"
    )
    if listing.broken:
        found, way_out = listing.broken[0], "unzip them yourself"
    elif machines:
        found, way_out = f"train/ and test/ of {', '.join(machines)} hold no wav file", "unzip anew"
    elif not names:
        found, way_out = "the folder is empty", "give another"
    elif set(dcase.SPLITS) & set(names):
        found, way_out = "this looks like one machine type", f"give the folder above, {root.parent}"
    else:
        more = ", ..." if len(names) > 5 else ""
        found, way_out = (
            f"there is: {', '.join(names[:5])}{more}",
            f"give the folder of the machine types, or say in {table.FILE} what each file is",
        )
    way_out = f"{way_out}, or get the data by {WAY_TO_GET}"
    return f"no clips in {root}: looked for {looked}; {found}; {way_out}"
