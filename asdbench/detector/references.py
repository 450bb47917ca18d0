"""What a detector keeps of its training clips: how they sound on average, and some to listen to.

Shapes: N clips, B mel bands.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asdbench.data.clips import Clips
from asdbench.data.decode import Samples
from asdbench.data.encoded import encoded
from asdbench.data.threads import threads
from asdbench.detector.description import MachineId, Reference
from asdbench.detector.trouble import loudness, reference, spectra

EXAMPLES = 16  # clips a machine ID; together they are as different as its training clips are
NORMAL = "normal"  # their folder
AT_ONCE = 64
Array = NDArray[np.float64]


def references(
    train: Clips, folder: Path, progress: Callable[[int, int], None] = lambda *_: None
) -> dict[str, Reference]:
    """What each machine ID's training clips sound like; examples are written into ``folder``."""
    spectra_NB = np.empty((len(train), train.bands))
    levels_N = np.empty(len(train))
    for start in range(0, len(train), AT_ONCE):
        part = train.pick(range(start, min(start + AT_ONCE, len(train))))
        here = slice(start, start + len(part))
        with threads(1):  # several wait for each other over so few clips
            spectra_NB[here] = spectra(part)
            levels_N[here] = loudness(samples_of(part))[1]
        progress(start + len(part), len(train))
    rows: dict[MachineId, list[int]] = {}
    for row, clip in enumerate(train):
        rows.setdefault((clip.machine, clip.id), []).append(row)
    found = {}
    for one in sorted(rows):
        here_N = np.array(rows[one])
        kept = here_N[spread_out(spectra_NB[here_N], EXAMPLES)].tolist()
        names = _written(train.pick(kept), one, folder)
        found["/".join(one)] = reference(spectra_NB[here_N], levels_N[here_N], names)
    return found


def samples_of(clips: Clips) -> Samples:
    """The samples (N, S) int16 of some clips, as they were decoded."""
    waves: Array = clips.waves().numpy()
    return np.rint(waves * 32768).clip(-32768, 32767).astype(np.int16)


def spread_out(x_NB: Array, count: int) -> list[int]:
    """``count`` rows that cover all: the one nearest to the mean, then always the farthest from
    those that are chosen."""
    apart_N = np.linalg.norm(x_NB - x_NB.mean(axis=0), axis=1)
    chosen = [int(apart_N.argmin())]
    nearest_N = np.full(len(x_NB), np.inf)
    while len(chosen) < min(count, len(x_NB)):
        nearest_N = np.minimum(nearest_N, np.linalg.norm(x_NB - x_NB[chosen[-1]], axis=1))
        chosen.append(int(nearest_N.argmax()))
    return sorted(chosen)


def _written(clips: Clips, one: MachineId, folder: Path) -> list[str]:
    (folder / NORMAL).mkdir(parents=True, exist_ok=True)
    names = []
    for number, samples in enumerate(samples_of(clips)):
        names.append(f"{NORMAL}/{legal(one[0])}_{legal(one[1])}_{number:02d}.flac")
        (folder / names[-1]).write_bytes(encoded(samples, clips.sample_rate, "FLAC"))
    return names


def legal(text: str) -> str:
    """A name as it can stand in a file's."""
    return "".join(letter if letter.isalnum() or letter in "-." else "_" for letter in text)
