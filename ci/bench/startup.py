"""What commands cost that have nothing to do, as whole processes: python ci/bench/startup.py

The unchanged run is one whose cells, boards and MLflow are all there: it reads the clips' bank,
plans, finds nothing missing, and prints the board. Each environment has its own output folder and
cache, filled before anything is measured. With ``--against``, another environment's interpreter
does the same in turns with this one, which compares two versions of asdbench in one run.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import measuring
from measuring import Report, Row

ROUNDS = 10
RUN = "asdbench run smoke"
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "python -c pass": ("-c", "pass"),
    "import asdbench": ("-c", "import asdbench"),
    "asdbench --help": ("-m", "asdbench", "--help"),
    "asdbench list": ("-m", "asdbench", "list"),
    f"{RUN}, unchanged": ("-m", *RUN.split()),
}


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

    def row(what: str) -> Row:
        found: Row = {"what": what}
        for whose in environments:
            ms = [1000 * seconds for seconds in took[whose + what]]
            found |= {f"{whose}best ms": min(ms), f"{whose}median ms": statistics.median(ms)}
        return found | ({"ratio": found["other best ms"] / found["best ms"]} if against else {})

    notes = ["the first line is Python's own start, which is in all others"]
    if against:
        notes.append(f"other: {against}; ratio: of the best, how many times as fast this one is")
    title = f"whole processes with nothing to do, {ROUNDS} rounds"
    return Report(title, 1, [row(what) for what in COMMANDS], notes)


if __name__ == "__main__":
    measuring.main(measure, against="another environment's python, to compare with")
