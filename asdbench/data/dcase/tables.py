"""``attributes_00.csv`` in a machine type's folder: what its clips' names say, as a table.

The first column is a clip's path, then names and values of attributes take turns: ``d1p,d1v``.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from asdbench.data.dcase.attributes import NO_ATTRIBUTE
from asdbench.data.dcase.names import KIND
from asdbench.data.folders.listing import Listed
from asdbench.data.folders.tree import Pairs, Wav

_NAME, _VALUE = re.compile(r"d\d+p", re.IGNORECASE), re.compile(r"d\d+v", re.IGNORECASE)


class AttributeRow(NamedTuple):
    """A row: a file's name, its attributes, and where something of it can't be understood, what."""

    name: str
    pairs: Pairs
    problem: str = ""


class WithTables(NamedTuple):
    """Recordings with what tables say of them, what a run stops at, and what was passed over."""

    wavs: list[Wav]
    faults: list[str]
    passed_over: list[str]


def with_tables(wavs: Iterable[Wav], tables: Iterable[tuple[str, Listed]]) -> WithTables:
    """The recordings with what the tables of their machine types say.

    A recording is found by the last part of its path. What a table says of it takes the place of
    what its name does.
    """
    found: dict[tuple[str, str], Pairs] = {}
    faults, passed_over = [], []
    for machine, table in tables:
        try:
            for row in rows_of(table.text(), table.path):
                if row.problem:
                    passed_over.append(row.problem)
                if row.pairs:
                    found[machine, row.name] = row.pairs
        except ValueError as error:
            faults.append(str(error))
    told = [_with(wav, found.get((wav.machine, wav.name), ())) for wav in wavs]
    return WithTables(told, faults, passed_over)


def rows_of(text: str, where: str) -> Iterator[AttributeRow]:
    """Each row of a table. Raises ``ValueError`` where the CSV is broken."""
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        columns = [column.strip() for column in next(lines, [])]
        for fields in lines:
            if fields:
                fields = [field.strip() for field in fields]
                name = fields[0].replace("\\", "/").rpartition("/")[2]
                problem = _problem(columns, fields)
                said = f"{where} line {lines.line_num}: {problem}" if problem else ""
                yield AttributeRow(name, _pairs(columns[1:], fields[1:]), said)
    except csv.Error as error:
        raise ValueError(
            f"{where} line {lines.line_num}: broken CSV ({error}); take the published file anew"
        ) from error


def _problem(columns: Sequence[str], fields: Sequence[str]) -> str:
    """What of a row can't be understood."""
    if any(fields[len(columns) :]):
        return f"it has {len(fields)} fields, the header {len(columns)}"
    if not fields[0] and any(fields):
        return "it names no file"
    name = without = ""
    for column, value in zip_longest(columns[1:], fields[1:], fillvalue=""):
        value = "" if value.lower() == NO_ATTRIBUTE else value
        if value and not column:
            return f"{value!r} is in a column without a name"
        if _NAME.fullmatch(column):
            if without:
                break
            name = without = value
        elif _VALUE.fullmatch(column) and value:
            if not name:
                return f"{value!r} is the value of no attribute"
            without = ""
    return f"attribute {without!r} has no value" if without else ""


def _pairs(columns: Sequence[str], values: Sequence[str]) -> Pairs:
    """Attributes of a row: by pairs of columns, or of a column by its own name."""
    pairs: dict[str, str] = {}
    name = ""
    for column, value in zip(columns, values, strict=False):
        if _NAME.fullmatch(column):
            name = value
        elif _VALUE.fullmatch(column):
            if name and value and name.lower() != NO_ATTRIBUTE:
                pairs[name] = value
        elif column and value and value.lower() != NO_ATTRIBUTE:
            pairs[column] = value
    return tuple(pairs.items())


def _with(wav: Wav, pairs: Pairs) -> Wav:
    if not pairs:
        return wav
    kind = tuple(pair for pair in wav.attributes if pair[0] == KIND and wav.split == KIND)
    return wav._replace(attributes=(*kind, *pairs))
