"""Score files in the form of the DCASE challenge: read strictly, checked, and written.

A system has ``anomaly_score_<machine>_id_<ID>.csv`` for each machine ID, each line
``file name,score`` without a header. Several repeats are a folder each.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from asdbench.config.keys import canonical
from asdbench.config.names import natural
from asdbench.data.clips import Clip
from asdbench.results.tables import csv_text

FORM = "anomaly_score_<machine>_id_<ID>.csv"
SHOWN = 3  # names in an error

_FORM = re.compile(r"anomaly_score_(.+)_id_(.+)\.csv")
Known = Mapping[tuple[str, str], Mapping[str, Clip]]  # machine and ID, then the clip's name


@dataclass(frozen=True)
class Repeat:
    """One repeat as it was handed in: a score a test clip, and a hash of the files."""

    folder: str
    files: str
    scores: Mapping[Clip, float]

    @property
    def subsets(self) -> list[str]:
        """The subsets that it covers."""
        return sorted({clip.subset for clip in self.scores})


def read_repeats(folder: Path, clips: Iterable[Clip]) -> list[Repeat]:
    """The repeats in a folder, each complete in every subset that it has any score of.

    Raises ``ValueError`` for everything that isn't one finite score for each of these test clips.
    """
    known = _by_machine_id(clips)
    repeats = [_read_repeat(path, known) for path in _repeat_folders(folder)]
    first = repeats[0]
    for repeat in repeats:
        if repeat.subsets != first.subsets:
            raise ValueError(
                f"repeats in {folder} cover different subsets: {first.folder} "
                f"{' and '.join(first.subsets)}, {repeat.folder} {' and '.join(repeat.subsets)}; "
                "import them under different names, or add what is missing"
            )
    return repeats


def score_files(scores: Mapping[Clip, float]) -> dict[str, str]:
    """The name and the text of each machine ID's score file, as ``read_repeats`` takes them."""
    return {
        score_file(*machine_id): csv_text(
            (name, repr(scores[clip])) for name, clip in clips.items()
        )
        for machine_id, clips in _by_machine_id(scores).items()
    }


def score_file(machine: str, id: str) -> str:
    """The name of a machine ID's score file."""
    return f"anomaly_score_{machine}_id_{id}.csv"


def _by_machine_id(clips: Iterable[Clip]) -> Known:
    known: dict[tuple[str, str], dict[str, Clip]] = defaultdict(dict)
    for clip in clips:
        of_id = known[clip.machine, clip.id]
        if clip.name in of_id:
            raise ValueError(_twice(clip.machine, clip.id, str(clip.name)))
        of_id[str(clip.name)] = clip
    return known


def _repeat_folders(folder: Path) -> list[Path]:
    """The folder itself where it holds score files, else the folders in it, in natural order."""
    if not folder.is_dir():
        raise ValueError(f"no folder {folder}; give the one that holds {FORM}")
    folders = [path for path in _visible(folder) if path.is_dir()]
    if not _csv_files(folder):
        if not folders:
            raise ValueError(_no_files(folder))
        return sorted(folders, key=lambda path: (natural(path.name), path.name))
    for inner in folders:
        if _csv_files(inner):
            raise ValueError(
                f"{folder} holds csv files, and so does {inner.name} in it; give a folder with the "
                "files of one repeat, or with a folder for each repeat and nothing else"
            )
    return [folder]


def _visible(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _csv_files(folder: Path) -> list[Path]:
    return [p for p in _visible(folder) if p.suffix.lower() == ".csv" and not p.is_dir()]


def _read_repeat(folder: Path, known: Known) -> Repeat:
    paths = _csv_files(folder)
    if not paths:
        raise ValueError(_no_files(folder))
    found: dict[Clip, float] = {}
    contents = {}
    for path in paths:
        content = path.read_bytes()
        contents[path.name] = hashlib.sha256(content).hexdigest()
        found |= _read_scores(path, content, _clips_of(path, known))
    _check_complete(folder, found, known)
    files = hashlib.sha256(canonical(contents).encode()).hexdigest()
    return Repeat(folder.resolve().name, files, found)


def _clips_of(path: Path, known: Known) -> Mapping[str, Clip]:
    """The test clips of the machine ID that a score file is named after."""
    for machine_id, clips in known.items():
        if path.name == score_file(*machine_id):
            return clips
    form = _FORM.fullmatch(path.name)
    if form is None:
        raise ValueError(
            f"{path} isn't named as a score file, {FORM}; rename it, or take it out of the folder"
        )
    machine, id_ = form.groups()
    of_type = [f"id_{known_id}" for known_type, known_id in sorted(known) if known_type == machine]
    types = sorted({known_type for known_type, _ in known})
    there = f"{machine} {', '.join(of_type)}" if of_type else f"only {', '.join(types)}"
    raise ValueError(
        f"{path}: there is no {machine} id_{id_} among the test clips, but {there}; rename the "
        "file or take it out, or give --dataset dcase2020 if it is one of DCASE 2020's"
    )


def _read_scores(path: Path, content: bytes, clips: Mapping[str, Clip]) -> dict[Clip, float]:
    lines: dict[str, int] = {}
    found: dict[Clip, float] = {}
    for line, name, score in _lines(path, content, clips):
        if name in lines:
            raise ValueError(
                f"{path} line {line}: {name} has a score in line {lines[name]} already; keep one"
            )
        lines[name] = line
        if name in clips:
            found[clips[name]] = score
    if not lines:
        raise ValueError(f"{path} is empty; each line is: file name,score")
    extra = [name for name in lines if name not in clips]
    if extra:
        raise ValueError(
            f"{path}: {len(extra)} file names that aren't among its test clips: {_some(extra)}; "
            f"names have to be exact, as {min(clips)}"
        )
    return found


def _lines(
    path: Path, content: bytes, clips: Mapping[str, Clip]
) -> Iterator[tuple[int, str, float]]:
    """Number, file name and score of each line that isn't empty."""
    try:
        text = content.decode("utf-8-sig")  # MATLAB and spreadsheets may begin with a mark
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} isn't UTF-8 (byte {error.start}); save it as UTF-8") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for fields in reader:
            if not fields:
                continue
            where = f"{path} line {reader.line_num}"
            if len(fields) != 2:
                raise ValueError(
                    f"{where}: {','.join(fields)!r} has {len(fields)} fields; write file "
                    "name,score, with a decimal point"
                )
            name, written = fields
            header = reader.line_num == 1 and name not in clips
            yield reader.line_num, name, _number(written, where, header=header)
    except csv.Error as error:
        raise ValueError(
            f"{path} line {reader.line_num}: broken CSV ({error}); write file name,score"
        ) from error


def _number(written: str, where: str, *, header: bool) -> float:
    try:
        number = float(written)
    except ValueError as error:
        way_out = "write a decimal number, as 0.125"
        if header:
            way_out = "the challenge's form has no header, so take a header out, or " + way_out
        raise ValueError(f"{where}: the score {written!r} is not a number; {way_out}") from error
    if not math.isfinite(number):
        raise ValueError(f"{where}: the score {written!r} is not finite; give each clip a number")
    return number


def _check_complete(folder: Path, found: Mapping[Clip, float], known: Known) -> None:
    """Every test clip of every subset that has any score has one."""
    covered = {clip.subset for clip in found}
    files, missing = [], []
    for machine_id, clips in known.items():
        left = [clip for clip in clips.values() if clip.subset in covered and clip not in found]
        if left and not (folder / score_file(*machine_id)).exists():
            files.append(score_file(*machine_id))
        elif left:
            missing += [f"{clip.machine} {clip.name}" for clip in left]
    subsets = " and ".join(sorted(covered))
    if files:
        raise ValueError(
            f"{folder} lacks {len(files)} score files: {_some(files)}; a system that covers "
            f"{subsets} scores all of its machine IDs"
        )
    if missing:
        raise ValueError(
            f"{folder} lacks the scores of {len(missing)} test clips: {_some(missing)}; a system "
            f"that covers {subsets} scores all of its clips"
        )


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _no_files(folder: Path) -> str:
    return f"no score files in {folder}; a file for each machine ID is needed, {FORM}"


def _twice(machine: str, id: str, name: str) -> str:
    return (
        f"{name} of {machine} id_{id} is a test clip of both subsets; score files can't tell them "
        "apart: give the clips other names"
    )
