"""Let the disk fail at every kind of write: full, read-only, or with a limit of file sizes.

    .venv/bin/python ci/torture/disk.py [--each 2] [--seed 0] [--only site,scores] [--short]

Each kind of thing that is written (``material.KINDS``) is written to a small tmpfs that fills up
somewhere on the way, to one that can only be read, and under a limit of file sizes (``ulimit -f``)
below that of its largest file. The command must say what is wrong and where, without a traceback,
and leave nothing half-made. Then there is room again, and the same command must end with exit code
0 and the same bytes as ever. Mounting takes root: without it, only the limit of file sizes is
tried, and that is said. ``--short`` takes about half a minute: a limit for each of the quick kinds.
The exit code is 0 where all of it held.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from material import FAILED, KINDS, QUICK, Kind, Material, half_made

REASON = re.compile(
    r"is full|not enough room|File too large|[Rr]ead-only|No space left|disk I/O error"
)
ROOM = 64 << 20  # bytes of the tmpfs
FULL, READ_ONLY, FILE_SIZE = "full", "read-only", "limit of file sizes"


class Faults:
    """Faults of the disk, counted, and what a command made of them."""

    def __init__(self, material: Material, seed: int) -> None:
        self.material, self.random = material, random.Random(seed)
        self.tried: Counter[str] = Counter()
        self.ends: Counter[str] = Counter()
        self.faults: list[str] = []

    def run(self, kind: Kind, fault: str) -> None:
        """One fault of one kind, and the same command once there is room."""
        to = self.material.base / "faulty"
        to.mkdir(exist_ok=True)
        sizes = [f.stat().st_size for f in self.material.whole(kind).rglob("*") if f.is_file()]
        with contextlib.ExitStack() as undone:
            if fault != FILE_SIZE:
                undone.enter_context(mounted(to))
            self.material.begin(kind, to)
            self._faulty(kind, fault, to, sizes)
            self._mended(kind, fault, to)
        shutil.rmtree(to)
        self.tried[fault] += 1

    def _faulty(self, kind: Kind, fault: str, to: Path, sizes: list[int]) -> None:
        most = self.random.randrange(max(sizes))
        limited = (lambda: limit(most)) if fault == FILE_SIZE else None
        with contextlib.ExitStack() as undone:
            if fault == FULL:
                before = sum(f.stat().st_size for f in to.rglob("*") if f.is_file())
                undone.enter_context(filled(to, self.random.randrange(sum(sizes) - before)))
            if fault == READ_ONLY:
                undone.enter_context(read_only(to))
            with self.material.start(
                kind.words, to, own_cache=kind.own_cache, before=limited
            ) as process:
                said = process.communicate(timeout=300)[0]
        code = process.returncode
        self.ends[f"exit code {code}"] += 1
        if code not in {0, 1, 2} or "Traceback (most recent" in said:
            self._fault(kind, fault, f"exit code {code}: {said[-1500:]}")
        if code and not (REASON.search(said) and re.search(r"faulty|/base/cache", said)):
            self._fault(kind, fault, f"doesn't say what and where: {said[-1500:]}")
        # What was scored or downloaded stays on purpose, as NAME.part, which isn't hidden.
        if left := [name for name in half_made(to) if Path(name).name[0] == "."]:
            self._fault(kind, fault, f"left half-made: {left}")

    def _mended(self, kind: Kind, fault: str, to: Path) -> None:
        with self.material.start(kind.words, to, own_cache=kind.own_cache) as process:
            said = process.communicate(timeout=300)[0]
        if process.returncode or FAILED.search(said):
            self._fault(kind, fault, f"mended: exit code {process.returncode}: {said[-1500:]}")
        if self.material.kept(kind, to) != self.material.kept(kind, self.material.whole(kind)):
            self._fault(kind, fault, "mended: other bytes")
        if left := half_made(to):
            self._fault(kind, fault, f"mended: left half-made: {left}")

    def _fault(self, kind: Kind, fault: str, what: str) -> None:
        self.faults.append(f"{kind.name}, {fault}: {what}")
        print(f"FAIL {self.faults[-1]}", flush=True)


@contextlib.contextmanager
def mounted(folder: Path) -> Iterator[None]:
    """A tmpfs of its own on this folder."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@contextlib.contextmanager
def filled(folder: Path, free: int) -> Iterator[None]:
    """Only so many bytes are free."""
    filler = folder.parent / "faulty" / "filler"
    status = os.statvfs(folder)
    with open(filler, "wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, status.f_bavail * status.f_frsize - free))
    try:
        yield
    finally:
        filler.unlink()


@contextlib.contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nothing can be written."""
    subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", folder], check=True)


def limit(size: int) -> None:
    """No file of this process, or of one below it, gets larger."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def main() -> int:
    """The campaign, and what came of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--each", type=int, default=2, help="of full disks, of each kind")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default=",".join(kind.name for kind in KINDS))
    parser.add_argument("--short", action="store_true")
    asked = parser.parse_args()
    chosen = [FILE_SIZE] if asked.short else [FULL] * asked.each + [READ_ONLY, FILE_SIZE]
    if os.geteuid() != 0:
        print("not root: full and read-only disks are left out")
        chosen = [FILE_SIZE]
    folder = Path(tempfile.mkdtemp(prefix="disk-"))
    try:
        faults = Faults(Material.made(folder / "base"), asked.seed)
        for kind in KINDS:
            if kind.name in (QUICK if asked.short else asked.only.split(",")):
                for fault in chosen:
                    faults.run(kind, fault)
                print(f"{kind.name}: {', '.join(chosen)}", flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{faults.tried.total()} faults of the disk: {dict(faults.tried)}; {dict(faults.ends)}")
    print(f"{len(faults.faults)} that didn't hold")
    return int(bool(faults.faults))


if __name__ == "__main__":
    sys.exit(main())
