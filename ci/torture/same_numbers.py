"""Same seed, same scores: again and again, side by side, elsewhere, and nearly so on another CPU.

    python ci/torture/same_numbers.py [--short] [--pin]

Runs a small experiment of three kinds of method ten times (--short: twice), with one and with two
jobs, in a moved folder and beside a cache that is new, and asks for the same bytes in every
``scores.csv``. Then it runs as an older CPU would, by ONEDNN_MAX_CPU_ISA, ATEN_CPU_CAPABILITY and
NPY_DISABLE_CPU_FEATURES, and asks that no score differ by more than TOLERANCE of the spread of its
machine ID's scores; nor from those of golden.csv, which --pin writes. Convolutional networks are
not among the methods: their training takes another way on another CPU, and only their figures stay
near (docs/demo.md). The exit code is 0 where all of it held.
"""

from __future__ import annotations

import argparse
import csv
import os
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

RECIPE = """\
repeats = 1
seed = 7

[dataset]
name = "synthetic"
machines = ["fan", "valve"]
subsets = ["development"]
seconds = 1.0
train = 8
test_normal = 4
test_anomalous = 4

[methods.autoencoder]
epochs = 2
"""
METHODS = "knn,twfr_gmm,autoencoder"
TOLERANCE = {"knn": 1e-4, "twfr_gmm": 1e-4, "autoencoder": 0.01}  # of a standard deviation
OLDER = {
    "AVX2": {
        "ONEDNN_MAX_CPU_ISA": "AVX2",
        "ATEN_CPU_CAPABILITY": "avx2",
        "NPY_DISABLE_CPU_FEATURES": "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL",
    },
    "SSE4": {"ONEDNN_MAX_CPU_ISA": "SSE41", "ATEN_CPU_CAPABILITY": "default"},
}
GOLDEN = Path(__file__).with_name("golden.csv")
Files = dict[str, bytes]  # of scores.csv, by row, machine type and repeat


def ran(at: Path, cache: Path, *words: str, around: Mapping[str, str] | None = None) -> Files:
    """The scores of a run in a folder, by cell."""
    at.mkdir(parents=True, exist_ok=True)
    (at / "small.toml").write_text(RECIPE)
    command = [sys.executable, "-m", "asdbench", "run", "small.toml", "--out", "o"]
    command += ["--methods", METHODS, *words]
    env = os.environ | {"ASDBENCH_CACHE": str(cache)} | dict(around or {})
    done = subprocess.run(command, cwd=at, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.returncode}\n{done.stderr}")
    every = sorted(at.glob("o/cells/*/scores.csv"))
    return {path.parent.name.rpartition("-")[0]: path.read_bytes() for path in every}


def pinned() -> Files:
    """The scores that were pinned, as files of cells."""
    cells: dict[str, list[str]] = defaultdict(list)
    head, *lines = GOLDEN.read_text().splitlines()
    for line in lines:
        cell, _, rest = line.partition(",")
        cells[cell].append(rest)
    first = head.partition(",")[2]
    return {cell: "\n".join([first, *of]).encode() for cell, of in cells.items()}


def pin(found: Files) -> None:
    """Pin these scores."""
    lines = ["cell,machine,id,clip,score"]
    for cell, content in found.items():
        for one in csv.DictReader(content.decode().splitlines()):
            lines.append(",".join([cell, *(one[x] for x in ("machine", "id", "clip", "score"))]))
    GOLDEN.write_text("\n".join(lines) + "\n")


def apart(one: Files, other: Files) -> dict[str, float]:
    """By method, how far its scores are apart at most, in standard deviations of an ID's scores."""
    found: dict[str, float] = defaultdict(float)
    for name, content in one.items():
        both = [list(csv.DictReader(t.decode().splitlines())) for t in (content, other[name])]
        by_id: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
        for a, b in zip(*both, strict=True):
            by_id[a["machine"], a["id"]].append((float(a["score"]), float(b["score"])))
        method = name.split("-")[0]
        for pairs in by_id.values():
            spread = statistics.pstdev(score for score, _ in pairs) or 1.0
            found[method] = max(found[method], *(abs(a - b) / spread for a, b in pairs))
    return dict(found)


def main() -> int:
    """Run it all, and say what held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="twice instead of ten times")
    parser.add_argument("--pin", action="store_true", help="write golden.csv anew")
    asked = parser.parse_args()
    short = asked.short
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        cache = place / "cache"
        golden = ran(place / "golden", cache)

        def same(what: str, found: Files) -> None:
            print(f"{'same' if found == golden else 'OTHER'} bytes: {what}", flush=True)
            if found != golden:
                wrong.append(what)

        for number in range(1 if short else 9):
            same(f"run {number + 2}", ran(place / f"again{number}", cache))
        if not short:
            same("two jobs", ran(place / "jobs", cache, "--jobs", "2"))
            same("a new cache", ran(place / "fresh", place / "other cache"))
            ran(place / "before", cache, "--methods", "knn")
            (place / "before").rename(place / "moved, while nothing ran")
            same("a moved folder", ran(place / "moved, while nothing ran", cache))
        if asked.pin:
            pin(golden)
        others = {"golden.csv": pinned()}
        for cpu, around in list(OLDER.items())[: 1 if short else None]:
            others[cpu] = ran(place / cpu, place / f"cache {cpu}", around=around)
        for what, other in others.items():
            for method, far in apart(golden, other).items():
                held = far <= TOLERANCE[method]
                print(f"{what}: {method} within {far:.1e} sd{'' if held else ': TOO FAR'}")
                wrong += [] if held else [f"{method}, {what}"]
    print(f"did not hold: {', '.join(wrong)}" if wrong else "all of it held")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
