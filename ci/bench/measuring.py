"""What the benchmarks share: timing in turns, tables of ratios, JSON with the machine's facts.

Seconds on a shared computer wander by tens of percent from one minute to the next. So both sides
take turns, each side's best round counts, and what is reported is their ratio.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import multiprocessing
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tabulate import tabulate

from asdbench.config.system import cores
from asdbench.engines.workers import MALLOC

Row = dict[str, Any]  # a line of a table: column -> number or text
LIBRARIES = ("asdbench", "torch", "torchaudio", "numpy", "librosa", "soundfile", "scikit-learn")
Work = Callable[..., object]


@dataclass(frozen=True)
class Report:
    """What a benchmark found: a table, and what a reader must know of it."""

    title: str
    threads: int
    rows: Sequence[Row]
    notes: Sequence[str] = ()

    def text(self, facts: Mapping[str, Any]) -> str:
        """The table to read, with the facts of the computer."""
        shown = [{name: _shown(value) for name, value in row.items()} for row in self.rows]
        columns = list(dict.fromkeys(name for row in shown for name in row))
        cells = [[row.get(name, "") for name in columns] for row in shown]
        aligned = ["left", *["right"] * (len(columns) - 1)]
        table = tabulate(cells, headers=columns, colalign=aligned, disable_numparse=True)
        load = f"load {facts['load before']:.1f}"
        where = f"{facts['cpu']}, {facts['cores']} cores, {load}"
        head = f"{self.title} ({self.threads} thread{'s' * (self.threads > 1)}; {where})"
        notes = [*self.notes]
        if facts["load before"] > 0.75 * facts["cores"]:
            notes.append("the computer is busy with other things: don't trust these figures")
        return "\n".join([head, table, *(f"- {note}" for note in notes)])


def versus(
    what: str, ours: float, plain: float | None, *, at_least: float | None = None, unit: str = "s"
) -> Row:
    """A line that compares seconds (or seconds a clip): how many times as fast asdbench is."""
    row: dict[str, Any] = {"what": what, f"asdbench {unit}": ours}
    if plain is None:
        return row
    row |= {f"plain {unit}": plain, "ratio": plain / ours}
    return row if at_least is None else row | goal(plain / ours, at_least=at_least)


def goal(found: float, *, at_least: float | None = None, below: float | None = None) -> Row:
    """A target, and whether it is met."""
    if at_least is not None:
        return {"target": f">= {at_least:g}", "met": "yes" if found >= at_least else "NO"}
    assert below is not None
    return {"target": f"< {below:g}", "met": "yes" if found < below else "NO"}


def in_turns(rounds: int, **sides: Work) -> dict[str, float]:
    """The best seconds of each side over some rounds, in which they take turns."""
    return {name: min(took) for name, took in each_round(rounds, sides).items()}


def each_round(rounds: int, sides: Mapping[str, Work]) -> dict[str, list[float]]:
    """The seconds of each side in each round, in which they take turns."""
    took: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, work in sides.items():
            took[name].append(seconds(work))
    return took


def seconds(work: Work) -> float:
    """How long it takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


@contextlib.contextmanager
def threads(count: int) -> Iterator[None]:
    """PyTorch and BLAS with this many threads."""
    import torch
    from threadpoolctl import threadpool_limits

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    with threadpool_limits(count):
        yield
    torch.set_num_threads(before)


@contextlib.contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """These environment variables too, for what is started meanwhile."""
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        for name in variables.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)


class Elsewhere:
    """Work in a process of its own that has a worker's allocator, done when asked for.

    ``prepare(*arguments)`` gives the pieces of work by name, there. So a process with the system's
    default allocator and one with the workers' can take turns; one process can't go back and forth.
    """

    def __init__(self, prepare: Callable[..., Mapping[str, Work]], *arguments: Any) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(theirs, prepare, arguments, dict(MALLOC)), daemon=True
        )
        with environment(MALLOC):  # read when a process starts
            self._process.start()
        theirs.close()
        self._connection.recv()  # ready

    def __call__(self, name: str, *arguments: Any) -> Work:
        """The piece of work of this name, to be run from here; what it returns comes back."""

        def work() -> object:
            self._connection.send((name, arguments))
            return self._connection.recv()

        return work

    def close(self) -> None:
        self._connection.close()
        self._process.join()


def _serve(
    connection: Connection,
    prepare: Callable[..., Mapping[str, Work]],
    arguments: Sequence[Any],
    environment: Mapping[str, str],
) -> None:
    assert all(os.environ[name] == value for name, value in environment.items())
    works = prepare(*arguments)
    connection.send(None)
    with contextlib.suppress(EOFError):
        while True:
            name, given = connection.recv()
            connection.send(works[name](*given))


def facts() -> dict[str, Any]:
    """This computer and what runs on it."""
    lines = []
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "cpu": models[0] if models else platform.machine(),
        "cores": cores(),
        "load before": os.getloadavg()[0],
        "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in LIBRARIES},
    }


def main(measure: Callable[..., Report], **options: str) -> None:
    """Run one benchmark from the command line: print its table and, if asked, write its JSON.

    ``options`` are flags of its own, each with its help; ``measure`` gets what they were given.
    """
    about = sys.modules["__main__"].__doc__ or ""
    parser = argparse.ArgumentParser(description=about.partition("\n")[0])
    parser.add_argument("--json", type=Path, help="write the figures into this file")
    for name, text in options.items():
        parser.add_argument(f"--{name}", help=text)
    asked = parser.parse_args()
    found, began = facts(), time.perf_counter()
    report = measure(**{name: getattr(asked, name) for name in options})
    print(report.text(found))
    if asked.json:
        took = {"facts": found, "seconds": round(time.perf_counter() - began, 1)}
        asked.json.write_text(json.dumps(asdict(report) | took, indent=1) + "\n")


def _shown(value: Any) -> str:
    if not isinstance(value, float):
        return str(value)
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:.1e}"
