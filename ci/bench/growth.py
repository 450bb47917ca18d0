"""Cost and memory from 500 to 5,000 clips of 10 s: python ci/bench/growth.py

The same 5,000 clips as ten datasets of 500 and as one, so that both sides read, write and compute
as much: five of the ten, the one, the other five; twice, and the best of each. Each measurement is
a process of its own, with a worker's allocator and one thread (decoding: with the command's
allocator, its pool and an empty cache). It first does the same with a few clips: what that needs is
the memory of the model and its batches. Memory is anonymous (RssAnon): pages of a mapped file
belong to the system, which takes them back. Needs 6 GB of disk for some minutes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import measuring
import recordings
from measuring import Report, Row, goal

SMALL, LARGE, FEW, ROUNDS, WITHIN, GIB_BELOW = 500, 5000, 64, 2, 0.15, 2.0
PARTS = [f"part-{number}" for number in range(LARGE // SMALL)]
ENCODER = {"width": 0.125}
CLASSIFIER = {"epochs": 1, "batch": {"size": 32}}
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


def in_a_process(what: str, folder: Path, datasets: Sequence[str]) -> dict[str, float]:
    """Seconds and bytes of one dataset after the other, measured in a fresh process."""
    from asdbench.engines.workers import MALLOC

    words = [sys.executable, __file__, "--measure", what, str(folder), *datasets]
    with tempfile.TemporaryDirectory(dir=folder) as empty:
        more = {"ASDBENCH_CACHE": empty} if what == "decode" else MALLOC
        environment = {**os.environ, **more}
        done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def here(what: str, folder: Path, datasets: Sequence[str]) -> dict[str, float]:
    """The same with a few clips, then with all of them: how long, and what more memory."""
    import torch
    from threadpoolctl import threadpool_limits

    torch.set_num_threads(1)
    peak = Peak()
    with threadpool_limits(1):
        few = prepared(what, folder, "few")
        few()
        own = peak.most
        works = [prepared(what, folder, dataset) for dataset in datasets]
        peak.reset()
        busy = time.process_time()
        seconds = sum(measuring.seconds(work) for work in works)
        busy = time.process_time() - busy
    return {"s": seconds, "CPU s": busy, "more GiB": (peak.most - own) / 2**30}


def prepared(what: str, folder: Path, dataset: str) -> Callable[[], object]:
    """The work on this dataset, ready to run."""
    from asdbench.config.frontend import Frontend
    from asdbench.data.clips import Clips
    from asdbench.data.dcase.dataset import Dcase2020
    from asdbench.data.loading import load

    def opened() -> Clips:
        declared = Dcase2020(str(folder / dataset)).recordings()
        return load(declared, Frontend(clip_seconds=float(recordings.SECONDS)))[0].blind()

    if what == "decode":
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
    from asdbench.config import plugins
    from asdbench.config.numerics import Numerics
    from asdbench.config.schema import build
    from asdbench.training.method import Context
    from asdbench.training.stages import Stages

    fields: dict[str, Any] = {"epochs": 1}
    if name == "id_classifier":
        fields = {"encoder": ENCODER, "classifier": CLASSIFIER}
    scratch = Path(tempfile.mkdtemp(dir=folder))
    numerics = Numerics(device="cpu", precision="float32")

    def log(*_: Any, **figures: float) -> None: ...

    context = Context(0, numerics, scratch, log, Stages(scratch, ""))
    return build(plugins.load(plugins.METHODS, name), fields, name), context


def measure() -> Report:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        os.environ["ASDBENCH_CACHE"] = str(folder / "cache")
        files = [path for path, _ in recordings.write(folder / "all", LARGE)]
        _link(folder, files[:FEW], "few")
        for number, name in enumerate(PARTS):
            _link(folder, files[number * SMALL : (number + 1) * SMALL], name)
        rows = [_row(what, folder) for what in WORK]
    notes = [
        f"a different file for each clip; at {SMALL}: {len(PARTS)} datasets, which are {LARGE} "
        "clips in all",
        f"GiB more: anonymous memory at {LARGE} clips above that at {FEW} clips (model, batches)",
    ]
    return Report(f"growth from {SMALL} to {LARGE} clips of 10 s", 1, rows, notes)


def _row(what: str, folder: Path) -> Row:
    half = len(PARTS) // 2
    sides = (PARTS[:half], ["all"], PARTS[half:])
    rounds = [[in_a_process(what, folder, names) for names in sides] for _ in range(ROUNDS)]
    before, large, after = (
        {figure: min(found[figure] for found in side) for figure in ("s", "CPU s")}
        for side in zip(*rounds, strict=True)
    )
    more = max(found["more GiB"] for _, found, _ in rounds)
    small = {figure: before[figure] + after[figure] for figure in ("s", "CPU s")}
    change, busier = (large[figure] / small[figure] - 1 for figure in ("s", "CPU s"))
    return {
        "what": what,
        f"ms a clip at {SMALL}": 1000 * small["s"] / LARGE,
        f"at {LARGE}": 1000 * large["s"] / LARGE,
        "CPU time change %": 100 * busier,
        "change %": 100 * change,
        "change met": goal(change, below=WITHIN)["met"],
        "GiB more": more,
        "GiB met": goal(more, below=GIB_BELOW)["met"],
    }


def _link(folder: Path, files: Sequence[Path], name: str) -> None:
    """A dataset of some files of the one that has all."""
    for path in files:
        link = folder / name / path.relative_to(folder / "all")
        link.parent.mkdir(parents=True, exist_ok=True)
        link.hardlink_to(path)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(here(sys.argv[2], Path(sys.argv[3]), sys.argv[4:])))
    else:
        measuring.main(measure)
