"""Cost and memory from 500 to 5,000 clips of 10 s: python ci/bench/growth.py

Each measurement is a process of its own, with a worker's allocator and one thread (decoding: with
the command's allocator and its pool). It first does the same with a few clips: what that needs is
the memory of the model and its batches. Memory is anonymous (RssAnon): pages of a mapped file
belong to the system, which takes them back. Needs 6 GB of disk for a few minutes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import measuring
import recordings
from measuring import Report, Row, goal

SIZES, FEW, WITHIN, GIB_BELOW = (500, 5000), 64, 0.15, 2.0
SMALL = {"width": 0.125}
SMALL_CLASSIFIER = {"epochs": 1, "batch": {"size": 32}}
WORK = ("decode", "log-mel", "id_classifier fit", "id_classifier score", "autoencoder fit")


class Peak:
    """The most anonymous memory of this process since ``reset``, in bytes, seen by a thread."""

    def __init__(self) -> None:
        self.most = 0
        threading.Thread(target=self._watch, daemon=True).start()

    def reset(self) -> None:
        self.most = self._now()

    def _watch(self) -> None:
        while True:
            self.most = max(self.most, self._now())
            time.sleep(0.02)

    def _now(self) -> int:
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("RssAnon"):
                return 1024 * int(line.split()[1])
        raise SystemExit("RssAnon is not in /proc/self/status: this benchmark needs Linux")


def in_a_process(what: str, folder: Path, clips: int) -> dict[str, float]:
    """Seconds a clip and bytes, measured in a fresh process."""
    from asdbench.executors import MALLOC

    environment = dict(os.environ) if what == "decode" else {**os.environ, **MALLOC}
    words = [sys.executable, __file__, "--measure", what, str(folder), str(clips)]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def here(what: str, folder: Path, clips: int) -> dict[str, float]:
    """The same with a few clips, then with all of them: what more it takes."""
    import torch
    from threadpoolctl import threadpool_limits

    torch.set_num_threads(1)
    peak = Peak()
    with threadpool_limits(1):
        few = prepared(what, folder, FEW)
        few()
        own = peak.most
        many = prepared(what, folder, clips)
        peak.reset()
        busy = time.process_time()
        seconds = measuring.seconds(many)
        busy = time.process_time() - busy
    return {
        "ms a clip": 1000 * seconds / clips,
        "CPU ms a clip": 1000 * busy / clips,
        "more GiB": (peak.most - own) / 2**30,
    }


def prepared(what: str, folder: Path, count: int) -> Callable[[], object]:
    """The work on this many clips, ready to run."""
    from asdbench.clips import Clips
    from asdbench.datasets import load
    from asdbench.datasets.dcase2020 import Dcase2020
    from asdbench.frontend import Frontend

    def opened() -> Clips:
        declared = Dcase2020(str(folder / str(count))).recordings()
        return load(declared, Frontend(clip_seconds=float(recordings.SECONDS)))[0].blind()

    if what == "decode":
        os.environ["ASDBENCH_CACHE"] = str(folder / f"cache-{count}-{time.monotonic_ns()}")
        return opened
    clips = opened()
    if what == "log-mel":
        return clips.logmel
    name, _, verb = what.partition(" ")
    method, context = _method(name, folder)
    if verb == "score":
        method.fit(clips.pick(range(FEW)), context)
        return lambda: method.score(clips)
    return lambda: method.fit(clips, context)


def _method(name: str, folder: Path) -> tuple[Any, Any]:
    from asdbench import plugins
    from asdbench.config import build
    from asdbench.method import Context
    from asdbench.numerics import Numerics
    from asdbench.stages import Stages

    fields: dict[str, Any] = {"epochs": 1}
    if name == "id_classifier":
        fields = {"encoder": SMALL, "classifier": SMALL_CLASSIFIER}
    scratch = Path(tempfile.mkdtemp(dir=folder))
    numerics = Numerics(device="cpu", precision="float32")

    def log(*_: Any, **figures: float) -> None: ...

    context = Context(0, numerics, scratch, log, Stages(scratch, ""))
    return build(plugins.load(plugins.METHODS, name), fields, name), context


def measure() -> Report:
    small, large = SIZES
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        os.environ["ASDBENCH_CACHE"] = str(folder / "cache")
        recordings.write(folder / str(large), large)
        for count in (FEW, small):
            _link(folder / str(large), folder / str(count), count)
        rows = [_row(what, folder, small, large) for what in WORK]
    notes = [
        "a different file for each clip; the small set is a part of the large one",
        f"cost: the better of two runs of {small} clips, one before and one after the large run",
        f"GiB more: anonymous memory at {large} clips above that at {FEW} clips (model, batches)",
    ]
    return Report(f"growth from {small} to {large} clips of 10 s", 1, rows, notes)


def _row(what: str, folder: Path, small: int, large: int) -> Row:
    found = [in_a_process(what, folder, count) for count in (small, large, small)]
    few, many, more = dict(found[0]), found[1], found[1]["more GiB"]
    for figure, other in found[2].items():
        few[figure] = min(few[figure], other)
    change = many["ms a clip"] / few["ms a clip"] - 1
    busier = many["CPU ms a clip"] / few["CPU ms a clip"] - 1
    return {
        "what": what,
        f"ms a clip at {small}": few["ms a clip"],
        f"at {large}": many["ms a clip"],
        "CPU time change %": 100 * busier,
        "change %": 100 * change,
        "change met": goal(change, below=WITHIN)["met"],
        "GiB more": more,
        "GiB met": goal(more, below=GIB_BELOW)["met"],
    }


def _link(source: Path, target: Path, count: int) -> None:
    """A folder with the first files of another."""
    files = sorted(source.rglob("*.wav"), key=lambda path: path.stem.rpartition("_")[2])
    for path in files[:count]:
        link = target / path.relative_to(source)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.hardlink_to(path)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(here(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))))
    else:
        measuring.main(measure)
