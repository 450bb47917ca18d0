"""``tags.csv`` in a folder of recordings, or its manifest: what is known beside labels.

The manifest of ``mine`` is ``mine.manifest.csv``, beside it; where both are, ``tags.csv`` outranks
it. The first column, ``file``, is a path within the folder, or a file name that only one file has;
each other column is a tag. An empty cell is no value.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from asdbench.config.files import refuse_pipe
from asdbench.data.folders.recognised import TAG_FILE
from asdbench.data.folders.tree import Wav

FILE = "file"


def tables(folder: Path) -> list[Path]:
    """The tables of a folder that there are, that which outranks the other last."""
    root = folder.resolve()
    both = (root.parent / f"{root.name}.manifest.csv", folder / TAG_FILE)
    return [table for table in both if table.exists()]


class TagsRead(NamedTuple):
    """The tags of files, and lines of the tables that are passed over: their clips aren't there."""

    of: Mapping[Path, Mapping[str, str]]
    passed_over: Sequence[str]


def read_tags(folder: Path, wavs: Iterable[Wav]) -> TagsRead:
    """The tags of these files of a folder; none where it has no such table.

    Raises ``ValueError`` for a file that is there twice, and for a broken table.
    """
    places = _places(folder, wavs)
    found: dict[Path, Mapping[str, str]] = {}
    passed_over: list[str] = []
    for table in tables(folder):
        for path, tags in _read(table, places, passed_over).items():
            found[path] = {**found.get(path, {}), **tags}
    return TagsRead(found, passed_over)


def _read(
    table: Path, places: Mapping[str, Sequence[Path]], passed_over: list[str]
) -> dict[Path, Mapping[str, str]]:
    lines = _lines(table)
    first, names = next(lines, (1, []))
    _check_names(f"{table} line {first}", names)
    found: dict[Path, Mapping[str, str]] = {}
    seen: dict[Path, int] = {}
    for line, (file, *values) in lines:
        where = f"{table} line {line}"
        if len(values) != len(names) - 1:
            raise ValueError(
                f"{where} has {len(values) + 1} fields, the header {len(names)}; write as many"
            )
        path = _path(where, file, places)
        if path is None:
            passed_over.append(f"{where}: there is no clip {file!r}")
            continue
        if path in seen:
            raise ValueError(f"{where}: {file} has tags in line {seen[path]} already; keep one")
        seen[path] = line
        given = zip(names[1:], values, strict=True)
        found[path] = {name: value for name, value in given if value}
    return found


def _places(folder: Path, wavs: Iterable[Wav]) -> Mapping[str, Sequence[Path]]:
    """Files by each of their names: the path within the folder, and the last part of it."""
    found: dict[str, list[Path]] = defaultdict(list)
    for path in (Path(wav.path) for wav in wavs):
        found[path.relative_to(folder).as_posix()].append(path)
        found[path.name].append(path)
    return found


def _path(where: str, file: str, places: Mapping[str, Sequence[Path]]) -> Path | None:
    """The file of this name, if it is there: a clip may have been deleted."""
    named = places.get(file.replace("\\", "/").removeprefix("./"), ())
    if len(named) > 1:
        raise ValueError(
            f"{where}: {len(named)} files are named {file!r}, {named[0]} and {named[1]}; give the "
            "path within the folder"
        )
    return named[0] if named else None


def _check_names(where: str, names: Sequence[str]) -> None:
    if not names or names[0] != FILE or len(names) < 2:
        raise ValueError(
            f"{where}: the columns are {', '.join(names) or 'missing'}; the first is "
            f"{FILE}, each other one a tag"
        )
    for place, name in enumerate(names):
        if not name or name in names[:place]:
            problem = f"{name} is there twice" if name else "a tag has no name"
            raise ValueError(f"{where}: {problem}; give each column a name of its own")


def _lines(table: Path) -> Iterator[tuple[int, list[str]]]:
    """Number and fields of each line that isn't empty, without blanks around them."""
    try:
        refuse_pipe(table)
        text = table.read_bytes().decode("utf-8-sig")  # spreadsheets may begin with a mark
    except UnicodeDecodeError as error:
        raise ValueError(f"{table} isn't UTF-8 (byte {error.start}); save it as UTF-8") from error
    except OSError as error:
        raise ValueError(f"cannot read {table}: {error.strerror}") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for fields in reader:
            if fields:
                yield reader.line_num, [field.strip() for field in fields]
    except csv.Error as error:
        raise ValueError(
            f"{table} line {reader.line_num}: broken CSV ({error}); write file,tag,..."
        ) from error
