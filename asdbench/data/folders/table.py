"""``clips.csv``: a table that says what each recording of a folder is, whatever it is named.

The columns are file, machine, id, split and label, optionally subset and domain; each other one is
a tag, or of a training clip an attribute. What isn't in the table isn't used.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from asdbench.data.folders.listing import Listed, Listing
from asdbench.data.folders.tree import Recognised, Wav

FILE = "clips.csv"
_NEEDED = ("file", "machine", "id", "split", "label")
_CHOICES = {
    "split": ("train", "test", "supplemental"),
    "label": ("normal", "anomaly", ""),
    "subset": ("development", "evaluation", ""),
    "domain": ("source", "target", ""),
}
_KNOWN = {*_NEEDED, *_CHOICES}


class Line(NamedTuple):
    """A line of the table: where it is, and its fields by column."""

    where: str
    fields: Mapping[str, str]


def table_of(listing: Listing) -> Listed | None:
    """The listing's table, if it has one."""
    return next((entry for entry in listing.entries if entry.where == FILE), None)


def read(listing: Listing, table: Listed) -> Recognised:
    """The recordings that the table names; what is wrong with one of its lines is a fault."""
    files = {entry.where: entry for entry in listing.entries}
    found = Recognised(used=[table.path])
    seen: dict[str, str] = {}
    try:
        for row in _rows(table):
            if problem := _problem(row, files, seen):
                found.faults.append(f"{row.where}: {problem}")
            else:
                found.wavs.append(_wav(row.fields, files[_file(row)]))
            seen.setdefault(_file(row), row.where)
    except ValueError as error:
        found.faults.append(str(error))
    return Recognised(_named_apart(found.wavs, listing), used=found.used, faults=found.faults)


def _rows(table: Listed) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(table.text(), newline=""), strict=True)
    try:
        columns = [column.strip() for column in next(reader, [])]
        _check(table.path, columns)
        for fields in reader:
            if not fields:
                continue
            where = f"{table.path} line {reader.line_num}"
            if len(fields) != len(columns):
                raise ValueError(
                    f"{where} has {len(fields)} fields, the header {len(columns)}; write as many"
                )
            stripped = [field.strip() for field in fields]
            yield Line(where, dict(zip(columns, stripped, strict=True)))
    except csv.Error as error:
        raise ValueError(
            f"{table.path} line {reader.line_num}: broken CSV ({error}); write "
            f"{','.join(_NEEDED)},..."
        ) from error


def _check(path: str, columns: list[str]) -> None:
    missing = [column for column in _NEEDED if column not in columns]
    twice = [column for column, count in Counter(columns).items() if count > 1]
    if missing:
        problem = f"the columns lack {', '.join(missing)}; write {','.join(_NEEDED)},..."
    elif twice or "" in columns:
        what = f"{twice[0]} is there twice" if twice else "a tag has no name"
        problem = f"{what}; give each column a name of its own"
    else:
        return
    raise ValueError(f"{path} line 1: {problem}")


def _file(row: Line) -> str:
    return row.fields["file"].replace("\\", "/").removeprefix("./")


def _problem(row: Line, files: Mapping[str, Listed], seen: Mapping[str, str]) -> str:
    fields = row.fields
    for column, choices in _CHOICES.items():
        if (value := fields.get(column, "")) not in choices:
            known = " or ".join(choice or "nothing" for choice in choices)
            return f"{column} is {value!r}; write {known}"
    if _file(row) in seen:
        return f"{fields['file']} is in {seen[_file(row)].rpartition('/')[2]} already; keep one"
    if _file(row) not in files:
        return f"there is no file {fields['file']!r}; give its path within the folder"
    if not fields["machine"] or "/" in fields["machine"]:
        return f"machine is {fields['machine']!r}; name a machine type, without a /"
    if not re.fullmatch(r"[0-9A-Za-z]+", fields["id"]):
        return f"id is {fields['id']!r}; a machine ID consists of letters and digits"
    if fields["split"] == "train" and fields["label"] == "anomaly":
        return "an anomaly among the training clips; training takes normal clips only"
    return ""


def _wav(fields: Mapping[str, str], entry: Listed) -> Wav:
    tested = fields["split"] == "test"
    label = {"normal": False, "anomaly": True, "": None}[fields["label"]] if tested else None
    others = ((name, value) for name, value in fields.items() if name not in _KNOWN and value)
    return Wav(
        entry.path, fields["machine"], fields["id"], fields.get("subset") or "development",
        fields["split"], entry.name, label, fields.get("domain") or None, tuple(others),
        entry.archive,
    )  # fmt: skip


def _named_apart(wavs: list[Wav], listing: Listing) -> list[Wav]:
    """A clip's name is the last part of its path, or all of it where that isn't its own."""
    keys = Counter((wav.machine, wav.id, wav.split, wav.name) for wav in wavs)
    start = len(str(listing.root).rstrip("/")) + 1
    return [
        wav._replace(name=wav.path[start:])
        if keys[wav.machine, wav.id, wav.split, wav.name] > 1
        else wav
        for wav in wavs
    ]
