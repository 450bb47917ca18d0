"""What is wrong with some recordings, how it is made, and what a user then sees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile
from inline import inline
from recorded import sound

import asdbench
from asdbench.config.frontend import Frontend
from asdbench.data.folders.describe import Description, describe
from asdbench.data.folders.recognised import scan
from asdbench.data.folders.recordings import tags_in
from asdbench.data.folders.tree import Tree
from asdbench.data.loading import dataset_of, load
from asdbench.data.oddities import Oddity

SAMPLES = 8000  # of a clip: half a second
TRAIN, TEST = Path("fan/train"), Path("fan/test")
FIRST = TRAIN / "normal_id_00_0.wav"


@dataclass(frozen=True)
class BadInput:
    """One kind of bad input: ``make`` spoils a folder of whole recordings."""

    what: str
    make: Callable[[Path], object]


class Seen(NamedTuple):
    """What came of it: what a run does with it, and what it says."""

    happens: str
    said: str


def whole(folder: Path) -> Path:
    """A fan with 4 training clips, 2 normal and 2 anomalous test clips, none of them odd."""
    number = 0
    for split, kind, count in ((TRAIN, "normal", 4), (TEST, "normal", 2), (TEST, "anomaly", 2)):
        for index in range(count):
            write(folder / split / f"{kind}_id_00_{index}.wav", wave(number, kind == "anomaly"))
            number += 1
    return folder


def wave(number: int, ill: bool = False, samples: int = SAMPLES) -> np.ndarray:
    """A fan's sound that no other number has, int16."""
    return sound("fan", "00", ill, number, samples)


def write(path: Path, samples: np.ndarray, rate: int = 16000, **options: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    options = {"subtype": "PCM_16", **options} if samples.dtype == np.int16 else options
    soundfile.write(path, samples, rate, **options)
    return path


def every(folder: Path) -> list[Path]:
    """Its recordings."""
    return sorted(folder.glob("fan/*/*.wav"))


def seen(folder: Path, out: Path) -> Seen:
    """What ``asdbench run`` says of a folder before it fits anything."""
    try:
        loaded = load(dataset_of({"name": "folder", "path": str(folder)}).recordings(), Frontend())
        with inline():
            asdbench.dry_run("small", data=folder, methods="knn", out=out)
    except ValueError as error:
        return Seen("stops", _without(folder, str(error)))
    tree = scan(folder)
    passed_over = (*tree.passed_over, *tags_in(folder).passed_over)
    return _seen(loaded.oddities, replace(tree, passed_over=passed_over), folder)


def described(folder: Path) -> Seen:
    """What ``asdbench data describe`` says of it."""
    try:
        found = describe(folder)
    except ValueError as error:
        return Seen("stops", _without(folder, str(error)))
    if stops := [*found.problems, *found.unreadable]:
        return Seen("stops", _without(folder, stops[0]))
    return _seen(found.oddities, found, folder)


def _seen(oddities: Sequence[Oddity], of: Tree | Description, folder: Path) -> Seen:
    warned = [f"left out: {path}" for path in of.left_out]
    warned += [f"passed over: {line}" for line in of.passed_over]
    faults = bool(warned) or any(one.fault for one in oddities)
    said = "; ".join(_without(folder, line) for line in [*map(str, oddities), *warned])
    if said:
        return Seen("warns" if faults else "tells", said)
    unused = sorted(str(path.relative_to(folder)) for path in of.odd)
    return Seen("passes over", ", ".join(unused)) if unused else Seen("uses it", "")


def _without(folder: Path, text: str) -> str:
    """The text with the folder's name in place of its path."""
    return text.replace(f"{folder.parent}/", "")
