"""How to cite what a board shows: asdbench, the methods' papers, and the data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from asdbench.evaluation import Board, Row

from ._systems import finished
from ._text import plain

_ENTRY = re.compile(r"@\w+\{\s*([^,\s]+)")
_BIBLIOGRAPHY = Path(__file__).parent / "published" / "data.bib"
_TOY, _DG = "harada2021toyadmos2", "dohi2022mimii"
_OF_DATA: Mapping[str, Sequence[str]] = {
    "dcase2020": ("koizumi2020description", "koizumi2019toyadmos", "purohit2019mimii"),
    "dcase2021": ("kawaguchi2021description", _TOY, "tanabe2021mimii"),
    "dcase2022": ("dohi2022description", _TOY, _DG),
    "dcase2023": ("dohi2023description", "harada2023first", _TOY, _DG),
    "dcase2024": ("nishida2024description", "harada2023first", _TOY, _DG),
    "dcase2025": ("nishida2025description", "harada2023first", _TOY, _DG),
    "dcase2026": ("dcase2026task2",),
}


def bibtex(board: Board) -> str:
    """Entries to copy: of asdbench, of the data, then of the methods; none twice."""
    found: dict[str, str] = {}
    for text in (_asdbench(board), *_data(board), *_methods(board.rows)):
        for key, entry in _entries(text):
            found.setdefault(key, entry)
    return "\n\n".join(found.values())


def safe(address: str | None) -> str:
    """An address that a page may link to: of the web, and nothing else; else empty."""
    return address if address and re.match(r"https?://[^\s]+$", address) else ""


def links(row: Row) -> dict[str, str]:
    """The paper and the code of a row's method, where it has them."""
    found = {name: safe(row.sources.get(name)) for name in ("paper", "code")}
    return {name: address for name, address in found.items() if address}


def _asdbench(board: Board) -> str:
    year = (finished(board) or "")[:4]
    lines = [
        "@software{asdbench,",
        "  author = {{The asdbench authors}},",
        "  title = {asdbench: a benchmark harness for anomalous sound detection},",
        f"  version = {{{version('asdbench')}}},",
        *([f"  year = {{{year}}},"] if year.isdecimal() else []),
        f"  note = {{Benchmark {_braced(board.benchmark)}, board {board.made_from}}}",
        "}",
    ]
    return "\n".join(lines)


def _braced(text: str) -> str:
    return re.sub(r"([&%$#_])", r"\\\1", re.sub(r"[{}\\]", "", plain(text)))


def _data(board: Board) -> Iterator[str]:
    known = dict(_entries(_BIBLIOGRAPHY.read_text(encoding="utf-8")))
    recipe: Any = board.recipe.get("dataset", {})
    years = [re.sub(r"\D", "", name.split(" Task")[0]) for name in board.known.values()]
    for name in dict.fromkeys([recipe.get("name"), *(f"dcase{year}" for year in years)]):
        yield from (known[key] for key in _OF_DATA.get(name, ()))


def _methods(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        yield row.sources.get("bibtex", "")


def _entries(text: str) -> Iterator[tuple[str, str]]:
    for entry in re.split(r"\n(?=@)", text.strip()):
        if found := _ENTRY.match(entry):
            yield found[1], entry.strip()
