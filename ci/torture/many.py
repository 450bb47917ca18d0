"""Folders of many clips and machine IDs: python ci/torture/many.py [--short]

100,000 clips of a second are listed and declared, in at most 20 s of CPU, as those of one
machine ID, of 5,000, and of 200 machine types. Then a run of ``knn`` on 1,000 machine IDs of
two training and two test clips each goes to its board. ``--short``: a hundredth of it.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile

import asdbench
from asdbench.data.loading import dataset_of

CLIPS, IDS, LIMIT = 100_000, 1_000, 20.0


def kinds(number: int) -> tuple[str, str]:
    """Split and label: half to train on, a quarter normal and a quarter anomalous to test."""
    split = "test" if number % 2 else "train"
    return split, "anomaly" if number % 4 == 3 else "normal"


def linked(root: Path, clips: int, ids: int, types: int) -> Path:
    """So many clips, all of them the same file."""
    sound = root / "one.wav"
    noise = np.random.default_rng(0).integers(-900, 900, 16000).astype(np.int16)
    soundfile.write(sound, noise, 16000, subtype="PCM_16")
    folder = root / f"{clips}-of-{ids}-{types}"
    for number in range(clips):
        split, kind = kinds(number)
        id, machine = (number // 4) % ids, (number // 4) % types
        place = folder / f"type{machine}" / split
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{kind}_id_{id:04d}_{number:08d}.wav").symlink_to(sound)
    return folder


def listed(folder: Path) -> tuple[int, float]:
    """How many clips a folder declares, and in how many seconds of this process's time."""
    start = time.process_time()
    found = dataset_of({"name": "folder", "path": str(folder)}).recordings()
    return len(found), time.process_time() - start


def with_sound(root: Path, ids: int) -> Path:
    """Two training clips and two test clips of each ID, a tenth of a second long."""
    rng = np.random.default_rng(1)
    folder = root / "sound"
    for number in range(4 * ids):
        split, kind = kinds(number)
        place = folder / "fan" / split
        place.mkdir(parents=True, exist_ok=True)
        noise = rng.integers(-900, 900, 1600).astype(np.int16)
        soundfile.write(place / f"{kind}_id_{number // 4:04d}_{number}.wav", noise, 16000)
    return folder


def main() -> int:
    part = 100 if "--short" in sys.argv else 1
    slow = False
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        os.environ.setdefault("ASDBENCH_CACHE", str(root / "cache"))
        for ids, types in (
            (1, 1),
            (5_000 // part, 1),
            (200 // min(part, 10), 200 // min(part, 10)),
        ):
            count, seconds = listed(linked(root, CLIPS // part, ids, types))
            print(
                f"{count:,} clips of {ids:,} IDs and {types:,} types: {seconds:.1f} s of CPU",
                flush=True,
            )
            slow |= seconds > LIMIT
        data, start = with_sound(root, IDS // part), time.perf_counter()
        done = asdbench.run("small", data=data, methods="knn", repeats=1, out=root / "o")
        ids = done.board.rows[0].machines["fan"].ids
        print(f"knn on {len(ids):,} IDs: {time.perf_counter() - start:.0f} s")
    return int(slow or bool(done.failed))


if __name__ == "__main__":
    sys.exit(main())
