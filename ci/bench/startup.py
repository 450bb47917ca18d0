"""What commands cost that have nothing to do, as whole processes: python ci/bench/startup.py

The unchanged run is one whose cells, boards and MLflow are all there: it reads the clips' bank,
plans, finds nothing missing, and prints the board. The new run has all cells to run, in an output
folder of its own: what it adds before its first cell starts, and after its last one has ended, to
its board and to its end. Each environment has its own output folder and cache, filled before
anything is measured. With ``--against``, another environment's interpreter
does the same in turns with this one, which compares two versions of asdbench in one run.
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import measuring
from measuring import Report, Row

ROUNDS, NEW_ROUNDS = 10, 4
RUN = "asdbench run smoke"
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "python -c pass": ("-c", "pass"),
    "import asdbench": ("-c", "import asdbench"),
    "asdbench --help": ("-m", "asdbench", "--help"),
    "asdbench list": ("-m", "asdbench", "list"),
    f"{RUN}, unchanged": ("-m", *RUN.split()),
}

NEW = ("-m", "asdbench", "run", "smoke", "--methods", "knn,autoencoder")
CELL = re.compile(r"\[(\d+)/(\d+)\] .*: ([\d.]+) s$")
STRETCHES = (
    "to its first cell",
    "from its last cell to the board",
    "from there to its end",
)


class Environment:
    """An interpreter with asdbench, and a folder of its own where its run is done."""

    def __init__(self, python: str, folder: Path) -> None:
        folder.mkdir()
        self._python, self._folder = python, folder
        self._variables = {**os.environ, "ASDBENCH_CACHE": str(folder / "cache")}
        self._variables.pop("MLFLOW_TRACKING_URI", None)
        for words in COMMANDS.values():  # compiles what is imported, and does the run
            self(*words)
        said = self("-m", *RUN.split())
        assert "\n0 cells run" in said, f"the run of {python} is not unchanged:\n{said}"

    def __call__(self, *words: str) -> str:
        """Run the interpreter with these words to its end; what it said."""
        done = subprocess.run(
            [self._python, *words],
            cwd=self._folder,  # no checkout, which would come before what is installed
            env=self._variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{self._python} {' '.join(words)}:\n{done.stdout}")
        return done.stdout

    def new_run(self) -> tuple[float, ...]:
        """Seconds of each of the stretches, of a run that has all its cells to run."""
        shutil.rmtree(self._folder / "runs", ignore_errors=True)
        first = last = board = 0.0
        began = time.monotonic()
        with subprocess.Popen(
            [self._python, "-u", *NEW],
            cwd=self._folder,
            env=self._variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                now = time.monotonic() - began
                if found := CELL.match(line):
                    first = first or now - float(found[3])
                    last = now
                elif line.startswith("# "):
                    board = now
        end = time.monotonic() - began
        return first, board - last, end - max(board, last)


def measure(against: str | None) -> Report:
    pythons = {"": sys.executable} | ({"other ": os.path.abspath(against)} if against else {})
    with tempfile.TemporaryDirectory() as temporary:
        environments = {
            whose: Environment(python, Path(temporary) / (whose.strip() or "own"))
            for whose, python in pythons.items()
        }
        sides = {
            f"{whose}{what}": partial(environment, *words)
            for what, words in COMMANDS.items()
            for whose, environment in environments.items()
        }
        took = measuring.each_round(ROUNDS, sides)
        new: dict[str, list[tuple[float, ...]]] = {whose: [] for whose in environments}
        for _ in range(NEW_ROUNDS):
            for whose, environment in environments.items():
                new[whose].append(environment.new_run())

    def line(what: str, seconds: Mapping[str, Sequence[float]]) -> Row:
        found: Row = {"what": what}
        for whose, of in seconds.items():
            best, median = 1000 * min(of), 1000 * statistics.median(of)
            found |= {f"{whose}best ms": best, f"{whose}median ms": median}
        return found | ({"ratio": found["other best ms"] / found["best ms"]} if against else {})

    def row(what: str) -> Row:
        return line(what, {whose: took[whose + what] for whose in environments})

    def stretch(what: str, place: int) -> Row:
        return line(what, {whose: [run[place] for run in new[whose]] for whose in environments})

    rows = [row(what) for what in COMMANDS] + [
        stretch(f"a new run, {what}", place) for place, what in enumerate(STRETCHES)
    ]
    notes = ["the first line is Python's own start, which is in all others"]
    if against:
        notes.append(f"other: {against}; ratio: of the best, how many times as fast this one is")
    title = f"whole processes with nothing to do, {ROUNDS} rounds"
    return Report(title, 1, rows, notes)


if __name__ == "__main__":
    measuring.main(measure, against="another environment's python, to compare with")
