"""The DCASE 2020 Task 2 layout: which sound files a folder holds, and what their paths say.

- ``[dev_data|eval_data]/<machine>/train/normal_id_<id>_<number>.wav``
- ``[dev_data|eval_data]/<machine>/test/{normal_id,anomaly_id,id}_<id>_<number>.wav``
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from asdbench.data.choices import check_known
from asdbench.data.dcase import facts

SUBSET_FOLDERS = {"dev_data": "development", "eval_data": "evaluation"}
SPLITS = ("train", "test")
PATTERNS = "normal_id_<id>_<number>.wav, anomaly_id_<id>_<number>.wav or id_<id>_<number>.wav"
TAG_FILE = "tags.csv"
WORK_FOLDER = ".asdbench-download"  # what a download keeps for itself inside the data's folder
_NAME = re.compile(r"(?:(normal|anomaly)_)?id_([0-9A-Za-z]+)_.+\.wav", re.IGNORECASE)
_DOWNLOAD = "`asdbench data download dcase2020 --to DIR`"


class Wav(NamedTuple):
    """A sound file of the tree; ``anomalous`` is what its name says, None if it doesn't."""

    path: str
    machine: str
    id: str
    subset: str
    split: str
    name: str
    anomalous: bool | None


@dataclass(frozen=True)
class Tree:
    """What lies in a folder: sound files, those without a machine ID in their name, and the rest.

    ``odd`` are the files and folders that no run looks at: hidden, no wav, or in no place that
    the layout has.
    """

    path: Path
    wavs: tuple[Wav, ...]
    unnamed: tuple[Path, ...]
    odd: tuple[Path, ...]


def scan(path: str | Path, *, machines: Sequence[str] = ()) -> Tree:
    """Read the folder's listing (no file is opened), for some machine types or all of them.

    Raises ``ValueError`` where the folder can't be listed, or holds nothing in the layout.
    """
    root = Path(path).expanduser()
    odd: list[Path] = []
    places = list(_machine_folders(root, odd))
    if not any(_is_wav(entry) for place in places for entry in place.clips()):
        raise ValueError(_nothing_in(root, [place.machine for place in places]))
    check_known("machine type", machines, {place.machine for place in places}, f"in {root}")
    wavs, unnamed = [], []
    for place in places:
        odd += place.others
        if machines and place.machine not in machines:
            continue
        for split, entries in place.splits:
            for entry in entries:
                if not _is_wav(entry):
                    odd.append(Path(entry.path))
                elif match := _NAME.fullmatch(entry.name):
                    wavs.append(_wav(entry, place, split, match))
                else:
                    unnamed.append(Path(entry.path))
    return Tree(root, tuple(sorted(wavs)), tuple(sorted(unnamed)), tuple(sorted(odd)))


class _Place(NamedTuple):
    """A machine type's folder: the subset that a folder above it names, and its listing."""

    machine: str
    subset: str | None
    splits: list[tuple[str, list[os.DirEntry[str]]]]
    others: list[Path]

    def clips(self) -> Iterator[os.DirEntry[str]]:
        for _, entries in self.splits:
            yield from entries


def _machine_folders(root: Path, odd: list[Path]) -> Iterator[_Place]:
    folders: list[tuple[str | None, Path]] = [(_subset_named_by(root), root)]
    for subset, folder in folders:
        for entry in _listing(folder):
            if folder == root and entry.name in SUBSET_FOLDERS and entry.is_dir():
                folders.append((SUBSET_FOLDERS[entry.name], Path(entry.path)))
            elif place := _place(entry, subset):
                yield place
            elif entry.name != WORK_FOLDER and not (folder == root and entry.name == TAG_FILE):
                odd.append(Path(entry.path))


def _subset_named_by(root: Path) -> str | None:
    """The data's folder may itself be ``dev_data`` or ``eval_data``."""
    return SUBSET_FOLDERS.get(Path(os.path.abspath(root)).name)


def _place(entry: os.DirEntry[str], subset: str | None) -> _Place | None:
    if entry.name.startswith(".") or not entry.is_dir():
        return None
    splits, others = [], []
    for inner in _listing(Path(entry.path)):
        if inner.name in SPLITS and inner.is_dir():
            splits.append((inner.name, _listing(Path(inner.path))))
        else:
            others.append(Path(inner.path))
    return _Place(entry.name, subset, splits, others) if splits else None


def _is_wav(entry: os.DirEntry[str]) -> bool:
    """A link that leads nowhere counts: reading it says so, where skipping it would be silent."""
    name = entry.name
    return name[-4:].lower() == ".wav" and not name.startswith(".") and not entry.is_dir()


def _wav(entry: os.DirEntry[str], place: _Place, split: str, match: re.Match[str]) -> Wav:
    label, machine_id = match.groups()
    subset = place.subset or facts.subset_of(2020, place.machine, machine_id) or "development"
    anomalous = None if label is None else label.lower() == "anomaly"
    return Wav(entry.path, place.machine, machine_id, subset, split, entry.name, anomalous)


def _listing(folder: Path) -> list[os.DirEntry[str]]:
    if not folder.is_dir():
        problem = "is a file, not a folder" if folder.exists() else "does not exist"
        raise ValueError(f"the data folder {folder} {problem}; give one, or get one by {_DOWNLOAD}")
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise ValueError(f"cannot list {folder}: {error.strerror}; check its permissions") from None


def _nothing_in(root: Path, machines: list[str]) -> str:
    """Say what was looked for, what is there instead, and how to go on."""
    names = [entry.name for entry in _listing(root) if not entry.name.startswith(".")]
    looked = (
        "<machine>/train/*.wav and <machine>/test/*.wav, with dev_data/ or eval_data/ or nothing"
    )
    if machines:
        found, way_out = f"train/ and test/ of {', '.join(machines)} hold no wav file", "unzip anew"
    elif not names:
        found, way_out = "the folder is empty", "give another"
    elif any(name.lower().endswith(".zip") for name in names):
        found, way_out = "there are zip files, still packed", "unzip them"
    elif set(SPLITS) & set(names):
        found, way_out = "this looks like one machine type", f"give the folder above, {root.parent}"
    else:
        more = ", ..." if len(names) > 5 else ""
        found, way_out = (
            f"there is: {', '.join(names[:5])}{more}",
            "give the folder of the machine types",
        )
    return (
        f"no clips in {root}: looked for {looked} above them; {found}; "
        f"{way_out}, or get the data by {_DOWNLOAD}"
    )
