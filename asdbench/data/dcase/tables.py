"""``attributes_00.csv`` in a machine type's folder: what its clips' names say, as a table.

The first column is a clip's path, then names and values of attributes take turns: ``d1p,d1v``.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from asdbench.data.dcase.attributes import NO_ATTRIBUTE
from asdbench.data.dcase.names import KIND
from asdbench.data.folders.listing import Listed
from asdbench.data.folders.tree import Pairs, Wav

_NAME, _VALUE = re.compile(r"d\d+p", re.IGNORECASE), re.compile(r"d\d+v", re.IGNORECASE)


def with_tables(
    wavs: Iterable[Wav], tables: Iterable[tuple[str, Listed]]
) -> tuple[list[Wav], list[str]]:
    """The recordings with what the tables of their machine types say; what is wrong with a table.

    A recording is found by the last part of its path. What a table says of it takes the place of
    what its name does.
    """
    found: dict[tuple[str, str], Pairs] = {}
    faults = []
    for machine, table in tables:
        try:
            for name, pairs in rows_of(table.text(), table.path):
                if pairs:
                    found[machine, name] = pairs
        except ValueError as error:
            faults.append(str(error))
    return [_with(wav, found.get((wav.machine, wav.name), ())) for wav in wavs], faults


def rows_of(text: str, where: str) -> Iterator[tuple[str, Pairs]]:
    """File name and attributes of each row. Raises ``ValueError`` where the CSV is broken."""
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        columns = [column.strip() for column in next(lines, [])]
        for fields in lines:
            if fields:
                name = fields[0].strip().replace("\\", "/").rpartition("/")[2]
                yield name, _pairs(columns[1:], [field.strip() for field in fields[1:]])
    except csv.Error as error:
        raise ValueError(
            f"{where} line {lines.line_num}: broken CSV ({error}); take the published file anew"
        ) from error


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
