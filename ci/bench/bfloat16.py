"""Training in bfloat16 on the CPU against float32, speed and AUC: python ci/bench/bfloat16.py

Speed: an epoch of id_classifier at the demo's size (batches of 24, clips of 2 s, width 0.125) and
at the paper's (batches of 32, clips of 10 s), one thread, CPU seconds, the best of several rounds
in turns. AUC: the demo's rows in both, in pairs of repeats with one seed: the difference in points
with its 95 % interval over repeats. ``--methods id_classifier,autoencoder`` says of which rows;
with ``--methods none``, only speed is measured.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import measuring
import numpy as np
import torch
from measuring import Report, Row
from scipy import stats

import asdbench
from asdbench.config import plugins
from asdbench.config.experiment import experiments
from asdbench.config.frontend import Frontend
from asdbench.config.numerics import Numerics
from asdbench.config.schema import build
from asdbench.data.clips import Clip, Clips
from asdbench.data.held import held_clips
from asdbench.training.method import Context
from asdbench.training.stages import Stages

ROUNDS, RATE, IDS, SEED = 4, 16000, 12, 1
PRECISIONS = ("float32", "bfloat16")
DEMO = {
    "encoder": {"width": 0.125, "tgram": False},
    "classifier": {"epochs": 1, "batch": {"size": 24}},
}
PAPER = {"classifier": {"epochs": 1, "batch": {"size": 32}}}
SIZES: Mapping[str, tuple[int, Frontend, Mapping[str, Any]]] = {
    "the demo's size": (240, Frontend(n_mels=96, clip_seconds=2.0), DEMO),
    "the paper's size": (64, Frontend(clip_seconds=10.0), PAPER),
}


def clips(count: int, frontend: Frontend) -> Clips:
    """Training clips of noise in memory: what a step costs hangs on sizes alone."""
    assert frontend.clip_seconds
    samples = int(frontend.clip_seconds * RATE)
    sound_NS = np.random.default_rng(0).integers(-3000, 3000, (count, samples), dtype=np.int16)
    about = [Clip("fan", f"{n % IDS:02d}", "development", "train", None) for n in range(count)]
    return held_clips(sound_NS[None], about, frontend)


def epochs(size: str) -> dict[str, measuring.Work]:
    """An epoch in each precision, in CPU seconds."""
    torch.set_num_threads(1)
    count, frontend, fields = SIZES[size]
    train = clips(count, frontend)
    train.logmel()  # which is kept from a run's first epoch on

    def epoch(precision: Any) -> float:
        method = build(plugins.load(plugins.METHODS, "id_classifier"), fields, "id_classifier")
        numerics = Numerics(device="cpu", precision=precision)
        began = time.process_time()
        with tempfile.TemporaryDirectory() as scratch:
            stages = Stages(Path(scratch), "")
            method.fit(train, Context(SEED, numerics, Path(scratch), lambda *_, **__: None, stages))
        return time.process_time() - began

    return {precision: partial(epoch, precision) for precision in PRECISIONS}


def speed(size: str) -> Row:
    """The best epoch of each precision, in a process with a worker's allocator."""
    worker = measuring.Elsewhere(epochs, size)
    took: dict[str, list[Any]] = {precision: [] for precision in PRECISIONS}
    for number in range(ROUNDS + 1):
        for precision in PRECISIONS:
            seconds = worker(precision)()
            if number:  # the first warms up
                took[precision].append(seconds)
    worker.close()
    full, half = (SIZES[size][0] / min(took[precision]) for precision in PRECISIONS)
    what = f"id_classifier, {size}: clips a CPU second"
    return {"what": what, "float32": full, "bfloat16": half, "bfloat16 / float32": half / full}


def difference(folder: Path, method: str, repeats: int) -> Row:
    """The AUC of a method's row in the demo in both precisions, and its difference in points."""
    found = {}
    for precision in PRECISIONS:
        recipe = folder / f"{precision}.toml"
        text = experiments()["demo"].read_text(encoding="utf-8")
        recipe.write_text(f'{text}\n[numerics]\nprecision = "{precision}"\n', encoding="utf-8")
        out = folder / precision
        done = asdbench.run(
            recipe, methods=[method], repeats=repeats, device="cpu", jobs=1, out=out
        )
        assert not done.failed, done.failed[0].reason
        rows = {row.label: row for row in done.board.rows}
        found[precision] = 100 * np.array(rows[method].auc.values)
    points_R = found["bfloat16"] - found["float32"]
    half = stats.t.ppf(0.975, repeats - 1) * points_R.std(ddof=1) / repeats**0.5
    low, high = points_R.mean() - half, points_R.mean() + half
    full, less = (float(found[precision].mean()) for precision in PRECISIONS)
    change = f"{points_R.mean():+.2f} ({low:+.2f} to {high:+.2f})"
    what = f"{method} on the demo: AUC, %"
    return {"what": what, "float32": full, "bfloat16": less, "points": change}


def measure(methods: str | None, repeats: str | None) -> Report:
    rows = [speed(size) for size in SIZES]
    asked = [one for one in (methods or "id_classifier").split(",") if one != "none"]
    many = int(repeats or 5)
    with tempfile.TemporaryDirectory() as folder:
        rows += [difference(Path(folder), method, many) for method in asked]
    notes = [f"speed: the best of {ROUNDS} epochs of each, in turns; AUC: {many} pairs of repeats"]
    return Report("bfloat16 on the CPU", 1, rows, notes)


if __name__ == "__main__":
    measuring.main(
        measure, methods="rows of the demo to compare, or none", repeats="pairs of repeats"
    )
