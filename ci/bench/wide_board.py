"""A board of many rows and repeats, time and memory by size: python ci/bench/wide_board.py

6, 12 and 24 rows, 10 repeats, 41 machine IDs with the test clips of DCASE 2020, from scores to
rows, intervals, every pair and letters; each size in a process of its own, on one core, in CPU
seconds.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import measuring
from measuring import Report, Row, goal

REPEATS, IDS, SIZES = 10, 41, (6, 12, 24)


def here(rows: int) -> Row:
    """CPU seconds of a board of so many rows, and the most memory of this process until then."""
    from asdbench.evaluation.ranking import compared

    sys.path.append(str(Path(__file__).parents[1] / "calibration"))
    from worlds import World, simulate

    entries = simulate(World(rows=rows, repeats=REPEATS, ids=IDS), 0).entries
    for entry in entries:
        entry.record.update(summary="", origin={"kind": "run"}, repeats=[[]] * REPEATS)
    began = time.process_time()
    compared("development", entries)
    took = time.process_time() - began
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {"what": f"{rows} rows", "CPU s": took, "GiB": most}


def measure() -> Report:
    rows = []
    for size in SIZES:
        words = [sys.executable, __file__, "--measure", str(size)]
        one = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        done = subprocess.run(words, env=one, stdout=subprocess.PIPE, text=True, check=True)
        rows.append(json.loads(done.stdout.splitlines()[-1]))
    rows[-1] |= goal(rows[-1]["CPU s"], below=20)
    return Report(f"a board of {REPEATS} repeats of {IDS} machine IDs", 1, rows)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(here(int(sys.argv[2]))))
    else:
        measuring.main(measure)
