"""Many tiny cells in one run: do memory, open files, threads and processes stay as they are?

    python ci/torture/long_run.py            300 cells, a few minutes
    python ci/torture/long_run.py --short    40 cells

Three processes of one ``asdbench run`` are watched through ``/proc``: the command itself, the
server that workers are forked from, and the writer of MLflow. The most that each has of something
in the last third of the run may not be more than before. The exit code is 1 where it is.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from itertools import product
from pathlib import Path

from large_store import labels, write_files

# What the last third may have above the others: allocators don't give all back, and a look may
# fall into a moment in which a file is being written.
MORE = {"MB": 12.0, "files": 2, "threads": 1, "processes": 1}
PARTS = {"driver": "", "server": "asdbench.engines.server", "writer": "asdbench.tracking.writer"}
Seen = dict[str, float]


def measure(pid: int) -> Seen | None:
    """What a process has now: MB of its own memory, open files, threads and child processes."""
    place = Path("/proc") / str(pid)
    try:
        lines = (place / "status").read_text().splitlines()
        status = dict(line.split(":", 1) for line in lines)
        return {
            "MB": int(status["RssAnon"].split()[0]) / 1000,
            "files": len(os.listdir(place / "fd")),
            "threads": int(status["Threads"]),
            "processes": len(children(pid)),
        }
    except (OSError, KeyError):
        return None  # it has just ended


def children(pid: int) -> list[int]:
    """The processes that a process has started and not yet seen end."""
    tasks = (Path("/proc") / str(pid) / "task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def parts(driver: int) -> dict[str, int]:
    """The process IDs of what is watched."""
    found = {"driver": driver}
    for child in children(driver):
        try:
            words = (Path("/proc") / str(child) / "cmdline").read_text().split("\0")
        except OSError:
            continue
        found |= {name: child for name, module in PARTS.items() if module and module in words}
    return found


def watched(folder: Path, rows: int, repeats: int) -> tuple[list[tuple[int, str, Seen]], int]:
    """Run, and look ten times a second: cells that were done, whose figures, figures."""
    words = [sys.executable, "-m", "asdbench", "run", "large.toml", "--data", "data", "--jobs", "2"]
    words += ["--methods", ",".join(labels(rows)), "--out", "out"]
    environment = {name: v for name, v in os.environ.items() if name != "MLFLOW_TRACKING_URI"}
    seen: list[tuple[int, str, Seen]] = []
    with open(folder / "said.txt", "w") as said:
        run = subprocess.Popen(words, cwd=folder, env=environment, stdout=said, stderr=said)
        try:
            while run.poll() is None:
                done = len(re.findall(r"^\[\d+/", (folder / "said.txt").read_text(), re.M))
                for name, pid in parts(run.pid).items():
                    if done and done < rows * repeats and (found := measure(pid)):
                        seen.append((done, name, found))
                time.sleep(0.1)
        finally:
            if run.poll() is None:
                run.send_signal(signal.SIGINT)
                run.wait()
    if run.returncode:
        raise SystemExit((folder / "said.txt").read_text()[-3000:])
    return seen, len(list((folder / "out" / "cells").glob("*/cell.json")))


def grown(seen: list[tuple[int, str, Seen]], cells: int) -> bool:
    """Print the most of each third, by process; whether the last has more than those before."""
    worse = False
    print(f"{'':18}{'first third':>14}{'middle':>10}{'last':>10}")
    for name, figure in product(PARTS, MORE):
        of_third: list[list[float]] = [[0.0], [0.0], [0.0]]
        for done, whose, found in seen:
            if whose == name:
                of_third[min(2, done * 3 // cells)].append(found[figure])
        first, middle, last = map(max, of_third)
        bad = last > max(first, middle) + MORE[figure]
        worse |= bad
        mark = "  GROWS" if bad else ""
        print(f"{name:8}{figure:10}{first:14.0f}{middle:10.0f}{last:10.0f}{mark}")
    return worse


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--short", action="store_true", help="40 cells")
    rows, repeats = (4, 10) if parser.parse_args().short else (15, 20)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        os.environ["ASDBENCH_CACHE"] = str(folder / "cache")
        write_files(folder, rows, repeats, machines=1, scope="dataset")
        began = time.monotonic()
        seen, done = watched(folder, rows, repeats)
        print(f"{done} cells in {time.monotonic() - began:.0f} s, looked at {len(seen)} times")
        failed = grown(seen, rows * repeats) or done < rows * repeats
    raise SystemExit(int(failed))


if __name__ == "__main__":
    main()
