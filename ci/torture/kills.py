"""Kill asdbench at random moments, again and again; what it leaves must be the same as ever.

    .venv/bin/python ci/torture/kills.py [--kills 130] [--seed 0] [--short] [--only KIND] [--demo N]

Each kind of thing that is written (``material.KINDS``) has its share of the kills, cells half of
all. A kill is a SIGKILL of the command, or of one of the processes below it (a worker, the server
that workers are forked from, the writer of the mirror), at a moment anywhere in its life; then the
same command runs again, and is killed again, five times on one folder before it may end. After
each kill: no process is left after half a minute (one that is importing PyTorch or MLflow ends when
it has), and no cell counts as done whose scores aren't the right ones. At the end of each folder:
exit code 0, the same bytes, nothing half-made, MLflow's database sound, and the cache has the files
that it had before. ``--short`` takes about half a minute and covers the quick kinds; ``--demo 100``
kills the demo so often instead, in one folder, in the first LATEST seconds of each run; ``--only
study`` gives all kills to one kind. The exit code is 0 where all of it held.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from material import DEMO, FAILED, KINDS, LONGEST, QUICK, Kind, Material, half_made

PATIENCE = 30.0  # seconds until no process may be left
AT_ONCE = 5  # kills of one folder before its command may end
LATEST = 20.0  # seconds after which a command is killed at the latest


class Campaign:
    """Kills, counted; what didn't hold is in ``faults``."""

    def __init__(self, material: Material, seed: int) -> None:
        self.material, self.random = material, random.Random(seed)
        self.killed: Counter[str] = Counter()
        self.whom: Counter[str] = Counter()
        self.faults: list[str] = []
        self.length: dict[str, float] = {}
        self.longest = 0.0

    def run(self, kind: Kind, kills: int, at_once: int = AT_ONCE) -> None:
        """So many kills of a kind, folder after folder, each of them so often."""
        to = self.material.base / "killed"
        began = time.monotonic()
        self.material.whole(kind)
        took = time.monotonic() - began
        self.length.setdefault(kind.name, min(took, LATEST))
        while self.killed[kind.name] < kills:
            self.material.begin(kind, to)
            for _ in range(min(at_once, kills - self.killed[kind.name])):
                if self._kill(kind, to):
                    self.killed[kind.name] += 1
                    if self.killed[kind.name] % 10 == 0:
                        print(f"{kind.name}: {self.killed[kind.name]} kills so far", flush=True)
                self._check_after_kill(kind, to)
            self._finish(kind, to)
            print(f"{kind.name}: {self.killed[kind.name]} kills", flush=True)

    def _kill(self, kind: Kind, to: Path) -> bool:
        """Start the command and kill somebody; whether there was anybody to kill."""
        with self.material.start(kind.words, to, own_cache=kind.own_cache) as process:
            try:
                process.wait(self.random.uniform(0.0, self.length[kind.name]))
                return False
            except subprocess.TimeoutExpired:
                below = [pid for pid in self.material.processes() if pid != process.pid]
            of_below = bool(below) and self.random.random() < 0.5
            victim = self.random.choice(below) if of_below else process.pid
            try:
                os.kill(victim, signal.SIGKILL)
            except ProcessLookupError:
                of_below = False
            try:
                said = process.communicate(timeout=3 if kind is DEMO else LONGEST)[0]
            except subprocess.TimeoutExpired:  # the demo goes on for minutes with what is left
                process.kill()
                said = process.communicate()[0]
        self.whom["a process below it" if of_below else "the command"] += 1
        if of_below and "Traceback (most recent" in said:
            self._fault(kind, f"a traceback: {said[-1500:]}")
        return True

    def _check_after_kill(self, kind: Kind, to: Path) -> None:
        began = time.monotonic()
        while left := self.material.processes():
            if time.monotonic() - began > PATIENCE:
                self._fault(kind, f"processes {left} are still there")
                for pid in left:
                    os.kill(pid, signal.SIGKILL)
                break
            time.sleep(0.05)
        self.longest = max(self.longest, time.monotonic() - began)
        right = self.material.kept(kind, self.material.whole(kind))
        for done in to.glob("run/cells/*/cell.json"):
            scores = done.with_name("scores.csv")
            name = str(scores.relative_to(to))
            if name in right and scores.read_bytes() != right[name]:
                self._fault(kind, f"{done.parent.name} counts as done with other scores")

    def _finish(self, kind: Kind, to: Path) -> None:
        """The command once more, to its end; and what must be so then."""
        before = cached(self.material.base / "cache")
        with self.material.start(kind.words, to, own_cache=kind.own_cache) as process:
            said = process.communicate(timeout=LONGEST)[0]
        if process.returncode or FAILED.search(said):
            self._fault(kind, f"exit code {process.returncode}: {said[-1500:]}")
        if self.material.kept(kind, to) != self.material.kept(kind, self.material.whole(kind)):
            self._fault(kind, "other bytes")
        if left := half_made(to):
            self._fault(kind, f"left half-made: {left}")
        if grown := cached(self.material.base / "cache") - before:
            self._fault(kind, f"the cache has grown by {sorted(grown)}")
        if more := cached(to / "cache") - cached(self.material.whole(kind) / "cache"):
            self._fault(kind, f"its cache has more than ever: {sorted(more)}")
        for database in to.glob("run/mlflow.db"):
            with closing(sqlite3.connect(database)) as opened:
                if opened.execute("PRAGMA quick_check").fetchone() != ("ok",):
                    self._fault(kind, "MLflow's database is broken")

    def _fault(self, kind: Kind, what: str) -> None:
        self.faults.append(f"{kind.name}, after {self.killed[kind.name]} kills: {what}")
        print(f"FAIL {self.faults[-1]}", flush=True)


def cached(folder: Path) -> set[str]:
    """The files of a cache; locks, of which there are never more than 256, aside."""
    return {
        str(p.relative_to(folder))
        for p in folder.rglob("*")
        if p.suffix not in {".lock", ""} or p.name.startswith("building-")
    }


def shares(kills: int, *, short: bool) -> Iterator[tuple[Kind, int]]:
    """How many kills each kind gets: cells half of all."""
    if short:
        yield from ((kind, 1) for kind in KINDS if kind.name in QUICK)
        return
    cells, *others = KINDS
    each = kills // 2 // len(others)
    yield cells, AT_ONCE
    yield from ((kind, each) for kind in others)
    yield cells, kills - each * len(others)


def main() -> int:
    """The campaign, and what came of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=130)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--demo", type=int, default=0)
    parser.add_argument("--only", choices=[kind.name for kind in KINDS])
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="kills-"))
    try:
        campaign = Campaign(Material.made(folder / "base"), asked.seed)
        if asked.demo:
            campaign.run(DEMO, asked.demo, at_once=asked.demo)
        elif asked.only:
            campaign.run(next(kind for kind in KINDS if kind.name == asked.only), asked.kills)
        else:
            for kind, kills in shares(asked.kills, short=asked.short):
                campaign.run(kind, kills)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{campaign.killed.total()} kills: {dict(campaign.killed)}; of {dict(campaign.whom)}")
    print(f"{len(campaign.faults)} faults; no process was left after {campaign.longest:.1f} s")
    return int(bool(campaign.faults))


if __name__ == "__main__":
    sys.exit(main())
