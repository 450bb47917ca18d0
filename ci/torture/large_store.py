"""An output folder of 10,000 cells with real files, and what commands take on it.

    python ci/torture/large_store.py            10,000 cells: 25 rows, 10 repeats, 40 machine types
    python ci/torture/large_store.py --short    80 cells

Clips are written, cells are planned as ``asdbench run`` would, and each gets the files of a cell
that was run, with scores that are drawn: no method is fitted. So ``asdbench run`` finds nothing to
do but its board. ``--keep FOLDER`` leaves it all there. Seconds are those of whole commands.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from pathlib import Path

import numpy as np
import soundfile

from asdbench.engines.events import CellEvent, CellWork, Done, Task
from asdbench.results.records import Outcome

IDS, TRAIN, TEST = ("00", "02"), 2, 6  # of a machine type, of an ID, and of each label
METHOD = '''\
"""How loud a clip is."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass
class Loud:
    scope: ClassVar[str] = "{scope}"
    number: int = 0

    def fit(self, train, context):
        context.log("train", 1, 1.0, loss=1.0)

    def score(self, test):
        return test.logmel().mean(dim=(1, 2)).numpy()
'''


def write_files(folder: Path, rows: int, repeats: int, machines: int, scope: str) -> None:
    """Clips, a method and an experiment of variants of it."""
    rng = np.random.default_rng(0)
    for machine in (f"machine{number:02}" for number in range(machines)):
        for split in ("train", "test"):
            (folder / "data" / machine / split).mkdir(parents=True, exist_ok=True)
        for id_ in IDS:
            kinds = [
                ("train", "normal", TRAIN),
                ("test", "normal", TEST),
                ("test", "anomaly", TEST),
            ]
            for split, label, count in kinds:
                for number in range(count):
                    path = folder / "data" / machine / split / f"{label}_id_{id_}_{number:08}.wav"
                    wave = rng.integers(-2000, 2000, 16000, dtype=np.int16)
                    soundfile.write(path, wave, 16000)
    (folder / "loud.py").write_text(METHOD.format(scope=scope))
    variants = "".join(
        f'[variants.row{n:03}]\nmethod = "loud"\nnumber = {n}\n' for n in range(1, rows)
    )
    (folder / "large.toml").write_text(f"repeats = {repeats}\n\n[methods.loud]\n\n{variants}")


def labels(rows: int) -> list[str]:
    """What the experiment's rows are asked for by."""
    return ["./loud.py", *(f"row{number:03}" for number in range(1, rows))]


def fill(folder: Path, rows: int) -> int:
    """Plan what a run of the experiment would do, and keep it all as done; how many cells."""
    from asdbench import inputs
    from asdbench.config.experiment import resolve
    from asdbench.config.selection import choose
    from asdbench.data.loading import dataset_of, protocol_of
    from asdbench.engines.engine import Engine
    from asdbench.execution import driver
    from asdbench.execution.plan import plan
    from asdbench.execution.run import purpose, read_recordings
    from asdbench.results.rows import keep_rows
    from asdbench.results.store import Store

    _, benchmark, experiment = inputs.read_experiment("large.toml", "data", None, None, {})
    store, dataset = Store(folder / "out"), dataset_of(experiment.dataset)
    found = read_recordings(dataset.recordings(), experiment.frontend, inputs.nobody)
    numerics = inputs.engine_of("local", 1, experiment).numerics
    engine = Engine(numerics, 1, 1.0, "", drawn, lambda: None, lambda: None)
    recipe = resolve(experiment, benchmark, frontend=found.frontend, numerics=numerics)
    planned, clips = plan(recipe, choose(experiment, labels(rows)), found.clips), found.clips
    with store.opened(clips.test_sets, purpose(benchmark, clips), found.tags, protocol_of(dataset)):
        keep_rows(store, planned.rows, benchmark, driver.recipe_of(planned, clips, found.oddities))
        driver.run(planned.cells, planned.plugins, clips, store, engine=engine)
    return len(planned.cells)


def drawn(tasks: Sequence[Task], _: CellWork) -> Generator[CellEvent]:
    """Every cell is done, with scores at random."""
    from asdbench.results.provenance import facts_of

    rng, facts = np.random.default_rng(0), facts_of(tasks[0].plugin.source, on_gpu=False)
    history = [{"stage": "train", "epoch": epoch, "loss": 1 / epoch} for epoch in range(1, 6)]
    cost = {"parameters": 10, "multiply_adds": 10, "fit_seconds": 0.1, "score_seconds": 0.1}
    for task in tasks:
        scores = rng.normal(size=len(task.test))
        outcome = Outcome(
            scores.tolist(),
            history,
            weights=bytes(1000),
            seconds=1.0,
            facts=facts,
            decided=(scores > 1).tolist(),
            cost=cost | {"clips": len(task.test)},
            train_scores=rng.normal(size=len(task.train)).tolist(),
        )
        yield Done(task.cell, outcome)


def took(folder: Path, *words: str) -> str:
    """Seconds of a command, which must succeed; nothing answers where MLflow would be."""
    began, busy = time.monotonic(), computed()
    done = subprocess.run(
        [sys.executable, "-m", "asdbench", *words],
        cwd=folder,
        env=os.environ | {"MLFLOW_TRACKING_URI": "http://127.0.0.1:9"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{words}: {done.stderr[-3000:]}")
    return f"{time.monotonic() - began:8.1f} s, {computed() - busy:.1f} s of them computing"


def computed() -> float:
    """CPU seconds of the commands so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def time_commands(folder: Path, rows: int) -> None:
    """Print what each command takes."""
    run = ("run", "large.toml", "--data", "data", "--methods", ",".join(labels(rows)))
    run += ("--out", "out")
    one = next((folder / "out" / "cells").iterdir())
    lines = [
        ("run, the board is to be made", run),
        ("run, nothing has changed", run),
        ("run --dry-run", (*run, "--dry-run")),
        ("leaderboard", ("leaderboard", "--out", "out")),
        ("leaderboard --format html", ("leaderboard", "--out", "out", "--format", "html")),
        ("leaderboard --figures auc", ("leaderboard", "--out", "out", "--figures", "auc")),
        ("export of a row", ("export", "row001", "--out", "out")),
    ]
    for what, words in lines:
        print(f"{what:34}{took(folder, *words)}", flush=True)
    (one / "cell.json").unlink()
    print(f"{'run, one cell is missing':34}{took(folder, *run)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--short", action="store_true", help="80 cells")
    parser.add_argument("--keep", type=Path, help="leave it all in this folder")
    asked = parser.parse_args()
    rows, repeats, machines = (4, 2, 10) if asked.short else (25, 10, 40)
    with tempfile.TemporaryDirectory() as temporary:
        folder = (asked.keep or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        os.environ.setdefault("ASDBENCH_CACHE", str(Path(temporary) / "cache"))
        os.chdir(folder)
        began = time.monotonic()
        write_files(folder, rows, repeats, machines, scope="machine")
        print(f"{fill(folder, rows)} cells written in {time.monotonic() - began:.0f} s", flush=True)
        time_commands(folder, rows)
        os.chdir("/")


if __name__ == "__main__":
    main()
