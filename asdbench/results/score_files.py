"""Score files in the form of the DCASE challenges: read strictly, checked, and written.

A system has a file for each machine ID (``score_names`` has the names), each line ``file
name,score`` without a header; and, if it decided, another one with 0 or 1. Several repeats are a
folder each.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from asdbench.config.keys import canonical
from asdbench.config.names import natural
from asdbench.data.clips import Clip
from asdbench.results.score_lines import read_decisions, read_scores, some
from asdbench.results.score_names import (
    DECISIONS,
    FORM,
    SCORES,
    YEARS,
    claimed,
    file_name,
    file_names,
    read_name,
)
from asdbench.results.tables import csv_text

T = TypeVar("T")
Known = Mapping[tuple[str, str], Mapping[str, Clip]]  # machine and ID, then the clip's name


@dataclass(frozen=True)
class Repeat:
    """One repeat as it was handed in: a score a test clip, and a hash of the files.

    ``decisions`` say which clips were called anomalous; there are none, or one a score.
    """

    folder: str
    files: str
    scores: Mapping[Clip, float]
    decisions: Mapping[Clip, bool]

    @property
    def subsets(self) -> list[str]:
        """The subsets that it covers."""
        return sorted({clip.subset for clip in self.scores})


def read_repeats(folder: Path, clips: Iterable[Clip], protocol: str = "2020") -> list[Repeat]:
    """The repeats in a folder, each complete in every subset that it has any score of.

    ``protocol`` says how files that are missing would be named. Raises ``ValueError`` for
    everything that isn't one finite score for each of these test clips.
    """
    known = _by_machine_id(clips)
    repeats = [_read_repeat(path, known, protocol) for path in _repeat_folders(folder)]
    first = repeats[0]
    for repeat in repeats:
        if repeat.subsets != first.subsets:
            raise ValueError(
                f"repeats in {folder} cover different subsets: {first.folder} "
                f"{' and '.join(first.subsets)}, {repeat.folder} {' and '.join(repeat.subsets)}; "
                "import them under different names, or add what is missing"
            )
    return repeats


def score_files(
    scores: Mapping[Clip, float],
    decisions: Mapping[Clip, bool] | None = None,
    protocol: str = "2020",
) -> dict[str, str]:
    """The name and the text of each file, as ``read_repeats`` takes them; clips in order of name.

    Without ``decisions`` there are scores only.
    """
    lines: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for of_id in _by_machine_id(scores).values():
        for name, clip in sorted(of_id.items()):
            lines[file_name(SCORES, clip, protocol)].append((name, repr(scores[clip])))
            if decisions:
                decided = str(int(decisions[clip]))
                lines[file_name(DECISIONS, clip, protocol)].append((name, decided))
    return {file: csv_text(of_file) for file, of_file in lines.items()}


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


def _read_repeat(folder: Path, known: Known, protocol: str) -> Repeat:
    paths = _csv_files(folder)
    if not paths:
        raise ValueError(_no_files(folder))
    scores: dict[Clip, float] = {}
    decisions: dict[Clip, bool] = {}
    contents = {}
    for path in paths:
        content = path.read_bytes()
        contents[path.name] = hashlib.sha256(content).hexdigest()
        kind, clips = _clips_of(path, known)
        if kind == SCORES:
            of_file = read_scores(path, content, clips)
            _add(path, scores, {clips[name]: score for name, score in of_file.items()})
        else:
            decided = read_decisions(path, content, clips)
            _add(path, decisions, {clips[name]: one for name, one in decided.items()})
    if not scores:
        raise ValueError(_no_files(folder))
    _check_complete(folder, SCORES, scores, known, protocol)
    if decisions:
        _check_complete(folder, DECISIONS, decisions, known, protocol)
    files = hashlib.sha256(canonical(contents).encode()).hexdigest()
    return Repeat(folder.resolve().name, files, scores, decisions)


def _add(path: Path, found: dict[Clip, T], of_file: Mapping[Clip, T]) -> None:
    twice = sorted(str(clip.name) for clip in of_file.keys() & found.keys())
    if twice:
        raise ValueError(f"{path}: {some(twice)} is in another file of {path.parent} too; keep one")
    found.update(of_file)


def _clips_of(path: Path, known: Known) -> tuple[str, Mapping[str, Clip]]:
    """What a file holds, and the test clips of the machine ID that it is named after."""
    if found := read_name(path.name, known):
        kind, machine_id = found
        return kind, known[machine_id]
    form = claimed(path.name)
    if form is None:
        raise ValueError(
            f"{path} isn't named as a score file, {FORM}; rename it, or take it out of the folder"
        )
    machine, id_ = form
    if form in known:
        kind = path.name.partition(f"_{machine}")[0]
        names = {name for year in YEARS for name in file_names(kind, machine, id_, year)}
        raise ValueError(
            f"{path} isn't named as in any year, {' or '.join(sorted(names))}; rename it, or take "
            "it out of the folder"
        )
    of_type = [f"id_{known_id}" for known_type, known_id in sorted(known) if known_type == machine]
    types = sorted({known_type for known_type, _ in known})
    there = f"{machine} {', '.join(of_type)}" if of_type else f"only {', '.join(types)}"
    raise ValueError(
        f"{path}: there is no {machine} id_{id_} among the test clips, but {there}; rename the "
        "file or take it out, or give --dataset dcase2020, or the year whose clips these are"
    )


def _check_complete(
    folder: Path, kind: str, found: Iterable[Clip], known: Known, protocol: str
) -> None:
    """Every test clip of every subset that has any score has one."""
    there = set(found)
    covered = {clip.subset for clip in there}
    names = [path.name for path in _csv_files(folder)]
    present = {
        of_file[1] for name in names if (of_file := read_name(name, known)) and of_file[0] == kind
    }
    files, missing = [], []
    for machine_id, clips in known.items():
        left = [clip for clip in clips.values() if clip.subset in covered and clip not in there]
        if machine_id in present:
            missing += [f"{clip.machine} {clip.name}" for clip in left]
        elif left:
            files += file_names(kind, *machine_id, protocol)
    subsets, what = " and ".join(sorted(covered)), kind.rpartition("_")[2]
    if files:
        raise ValueError(
            f"{folder} lacks {len(files)} {what} files: {some(files)}; a system that covers "
            f"{subsets} has all of its machine IDs"
        )
    if missing:
        raise ValueError(
            f"{folder} lacks the {what}s of {len(missing)} test clips: {some(missing)}; a system "
            f"that covers {subsets} has all of its clips"
        )


def _no_files(folder: Path) -> str:
    return f"no score files in {folder}; a file for each machine ID is needed, {FORM}"


def _twice(machine: str, id: str, name: str) -> str:
    return (
        f"{name} of {machine} id_{id} is a test clip of both subsets; score files can't tell them "
        "apart: give the clips other names"
    )
