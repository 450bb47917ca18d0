"""Time and memory up to the 36,283 clips of DCASE 2020, of 2 s: python ci/bench/many_clips.py

Each size is a dataset of its own, measured in a process of its own with one thread and a worker's
allocator: decode it into an empty cache, open it again as a later command does, make its log-mel,
train a small id_classifier for an epoch. CPU seconds, and the most anonymous memory until then. A
last line is what a straight line through the sizes says of a million clips. Needs 5 GB of disk.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import measuring
import numpy as np
import recordings
from bfloat16 import DEMO
from growth import Peak
from measuring import Report, Row

SIZES, SECONDS, MILLION = (1_000, 5_000, 20_000, 36_283), 2, 1_000_000


def here(folder: Path) -> Row:
    """CPU seconds and peak memory of each piece of work on this dataset."""
    import torch

    from asdbench.config import plugins
    from asdbench.config.frontend import Frontend
    from asdbench.config.numerics import Numerics
    from asdbench.config.schema import build
    from asdbench.data.clips import Clips
    from asdbench.data.dcase.dataset import Dcase2020
    from asdbench.data.loading import load
    from asdbench.training.method import Context
    from asdbench.training.stages import Stages

    torch.set_num_threads(1)
    frontend = Frontend(clip_seconds=float(SECONDS), n_mels=96)
    method = build(plugins.load(plugins.METHODS, "id_classifier"), DEMO, "id_classifier")
    peak, found, opened = Peak(), Row(), list[Clips]()

    def read() -> None:
        opened.append(load(Dcase2020(str(folder)).recordings(), frontend)[0].blind())

    def train() -> None:
        with tempfile.TemporaryDirectory() as scratch:
            numerics = Numerics(device="cpu", precision="float32")
            stages = Stages(Path(scratch), "")
            context = Context(0, numerics, Path(scratch), lambda *_, **__: None, stages)
            method.fit(opened[-1], context)

    def took(name: str, work: Callable[[], object]) -> None:
        peak.reset()
        began = time.process_time()
        work()
        found[f"{name}, CPU s"] = time.process_time() - began
        found[f"{name}, GiB"] = peak.most / 2**30

    took("decode", read)
    took("open again", read)
    took("log-mel", lambda: opened[-1].logmel())
    took("an epoch", train)
    return found


def of_size(folder: Path, size: int, files: list[Path]) -> Row:
    """The same, in a process of its own on the first so many files."""
    from asdbench.engines.workers import MALLOC

    for path in files[:size]:
        link = folder / str(size) / path.relative_to(folder / "all")
        link.parent.mkdir(parents=True, exist_ok=True)
        link.hardlink_to(path)
    with tempfile.TemporaryDirectory(dir=folder) as cache:
        words = [sys.executable, __file__, "--measure", str(folder / str(size))]
        environment = {**os.environ, **MALLOC, "ASDBENCH_CACHE": cache}
        done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: Row = json.loads(done.stdout.splitlines()[-1])
    return found


def on_paper(found: dict[int, Row]) -> Row:
    """What a straight line through the sizes says of a million clips."""
    names = next(iter(found.values()))
    lines = {
        name: np.polyfit(list(found), [of[name] for of in found.values()], 1) for name in names
    }
    return {name: float(np.polyval(line, MILLION)) for name, line in lines.items()}


def measure(sizes: str | None) -> Report:
    asked = [int(one) for one in sizes.split(",")] if sizes else SIZES
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        files = [path for path, _ in recordings.write(folder / "all", max(asked), seconds=SECONDS)]
        found = {size: of_size(folder, size, files) for size in asked}
    rows: list[Row] = [{"what": f"{size:,} clips"} | of for size, of in found.items()]
    rows.append({"what": f"{MILLION:,}, on paper"} | on_paper(found))
    return Report(f"growth up to {max(asked):,} clips of {SECONDS} s", 1, rows)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(here(Path(sys.argv[2]))))
    else:
        measuring.main(measure, sizes="numbers of clips, by default those above")
