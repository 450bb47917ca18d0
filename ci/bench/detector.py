"""What a detector costs: to load, to score many clips, and an hour of sound; against a run.

python ci/bench/detector.py [--clips 10000] [--methods knn,autoencoder,id_classifier]

Clips of 2 s of the demo's recipe. The run's own scoring is what a cell measures (``score_seconds``
of its test clips, which are decoded already); the detector's is of the same clips in memory. Files
are what a user has: decoding and reading names included. Memory is the largest of a process.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile
from tabulate import tabulate

import asdbench
from asdbench.detector.scoring import ScoringRequest, scores_of
from asdbench.detector.sharing import score_files

LOAD = """
import time; began = time.perf_counter()
import asdbench
d = asdbench.load_detector({folder!r})
loaded = time.perf_counter() - began
import numpy as np
d.score(np.random.default_rng(0).normal(0, 0.1, 32000), 16000, machine="fan", id="00")
print(loaded, time.perf_counter() - began)
"""
MEMORY = """
from pathlib import Path
import asdbench
from asdbench.detector.scoring import ScoringRequest, scores_of
d = asdbench.load_detector({folder!r})
files = sorted(Path({files!r}).iterdir())[:{count}]
found = list(scores_of(d, files, ScoringRequest("fan", "00")))
assert all(one.scored for one in found)
high = next(x for x in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in x)
print(int(high.split()[1]) / 1024)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=10_000)
    parser.add_argument("--methods", default="knn,autoencoder,id_classifier")
    asked = parser.parse_args()
    names = asked.methods.split(",")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        done = asdbench.run("demo", methods=names, repeats=1, jobs=1, out=home / "runs")
        files = written(home, asked.clips)
        lines = [measured(home, name, files) for name in names]
        print(tabulate(lines, headers="keys", floatfmt=".3g"))
        print(tabulate(memories(home, names[0], files), headers="keys", floatfmt=".0f"))
        assert not done.failed


def written(home: Path, count: int) -> list[Path]:
    """So many clips of 2 s as files, and an hour in one."""
    rng = np.random.default_rng(0)
    for name in ("clips", "hour"):
        (home / name).mkdir()
    noise = rng.normal(0, 0.05, (64, 32000)).clip(-1, 1)
    for number in range(count):
        soundfile.write(home / "clips" / f"{number:05d}.wav", noise[number % 64], 16000)
    with soundfile.SoundFile(home / "hour" / "hour.wav", "w", 16000, 1) as file:
        for part in range(1800):
            file.write(noise[part % 64])
    return sorted((home / "clips").iterdir())


def measured(home: Path, name: str, files: Sequence[Path]) -> dict[str, object]:
    """Loading, and milliseconds a clip."""
    detector = asdbench.make_detector(name, home / "runs", to=home / name)
    record = asdbench.load_board(home / "runs")
    cost = next(row.cost for row in record.rows if row.label == name)
    assert cost is not None
    told = subprocess.run(
        [sys.executable, "-c", LOAD.format(folder=str(home / name))],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded, scored = map(float, told.stdout.split())
    return {
        "method": name,
        "load, s": loaded,
        "to first score, s": scored,
        "run, ms a clip": cost.score_ms,
        "detector, ms a clip": in_memory(detector),
        "files, 1 core": of_files(detector, files, 1),
        "files, 2 cores": of_files(detector, files, 2),
        "an hour, s": an_hour(detector, home),
    }


def in_memory(detector: asdbench.Detector) -> float:
    """Milliseconds a clip of what is decoded: windows scored, warned of and put in their place."""
    rng = np.random.default_rng(1)
    windows = [(0.0, (rng.normal(0, 1000, (1, 32000))).astype(np.int16)) for _ in range(768)]
    best = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        detector.score_windows(windows, ("fan", "00"))
        best = min(best, time.perf_counter() - began)
    return 1000 * best / len(windows)


def of_files(detector: asdbench.Detector, files: Sequence[Path], jobs: int) -> float:
    """Milliseconds a file."""
    began = time.perf_counter()
    found = sum(1 for _ in score_files(detector, files, ScoringRequest("fan", "00"), jobs=jobs))
    assert found == len(files)
    return 1000 * (time.perf_counter() - began) / found


def an_hour(detector: asdbench.Detector, home: Path) -> float:
    """Seconds for one recording of an hour, in windows that overlap by half."""
    began = time.perf_counter()
    (found,) = scores_of(detector, [home / "hour" / "hour.wav"], ScoringRequest("fan", "00"))
    assert found.scored is not None
    assert len(found.scored.windows) == 3599
    return time.perf_counter() - began


def memories(home: Path, name: str, files: Sequence[Path]) -> list[dict[str, object]]:
    """The largest memory of a process, by what it scores."""
    found = []
    for what, count in (("clips", 100), ("clips", len(files)), ("hour", 1)):
        code = MEMORY.format(folder=str(home / name), files=str(home / what), count=count)
        told = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        found.append({"scored": f"{count} {what}", "MB": float(told.stdout)})
    return found


if __name__ == "__main__":
    main()
