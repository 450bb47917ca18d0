"""What the harness costs beside the method: python ci/bench/overhead.py

A real `asdbench run` of three cells, one after the other (a process each, checkpoints, history,
scores, weights, mirror to MLflow, boards), against a bare loop in one process that trains and
scores the same network on the same batches from tensors in memory and keeps nothing. The scores of
both are the same numbers to the last bit. What a command costs once, imports, planning, boards, is
told apart from what a cell costs.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import measuring
import numpy as np
import torch
from asdbench_methods._classes import Classes
from asdbench_methods._id_model import Classifier, IdModel
from asdbench_methods._id_scoring import SCORING_BATCH
from asdbench_methods._scoring import Scoring
from asdbench_methods.id_classifier import IdClassifier
from measuring import Report, Row, goal
from torch.nn import functional

from asdbench.config.experiment import read
from asdbench.config.schema import build
from asdbench.config.seeds import derive
from asdbench.data.clips import Clips
from asdbench.data.loading import dataset_of, load
from asdbench.results.store import Store
from asdbench.training.batches import random_batches
from asdbench.training.loop import Recipe

REPEATS, ROUNDS, BELOW = 3, 2, 0.03
EXPERIMENT = """
repeats = 3
[dataset]
name = "synthetic"
machines = ["fan", "valve"]
subsets = ["development"]
seconds = 2.0
train = 30
[numerics]
device = "cpu"
[methods.id_classifier]
encoder = {{ width = 0.25 }}
classifier = {{ epochs = {epochs}, lr = 1e-3, warm_epochs = 5, batch = {{ size = 32 }} }}
"""
EPOCHS = 20


@dataclass(frozen=True)
class Command:
    """When what happened in a run of the command, in seconds, and how busy its own process was."""

    first_cell: float  # until the first cell was done
    others: list[float]  # each further cell, from the last one's end to its own
    ending: float
    inside: list[float]  # seconds within each of these cells' processes, as recorded
    driver: float  # CPU seconds of the command's own process, a cell


def command(experiment: Path, out: Path) -> Command:
    """Run the command and watch it."""
    words = [sys.executable, "-m", "asdbench", "run", str(experiment)]
    words += ["--methods", "id_classifier", "--jobs", "1", "--out", str(out)]
    began, ends, used = time.perf_counter(), [], []
    quiet = subprocess.DEVNULL
    with subprocess.Popen(words, stdout=quiet, stderr=subprocess.PIPE, text=True) as run:
        assert run.stderr
        said = []
        for line in run.stderr:
            said.append(line)
            if re.match(r"\[\d+/\d+\]", line):
                ends.append(time.perf_counter())
                used.append(_cpu_seconds(run.pid))
    ended = time.perf_counter()
    if run.returncode or len(ends) != REPEATS:
        raise SystemExit("".join(said))
    records = filter(None, (Store(out).cell(path.name) for path in (out / "cells").iterdir()))
    seconds = {record["cell"]["repeat"]: record["seconds"] for record in records}
    return Command(
        first_cell=ends[0] - began,
        others=[after - before for before, after in pairwise(ends)],
        ending=ended - ends[-1],
        inside=[seconds[repeat] for repeat in range(1, REPEATS)],
        driver=(used[-1] - used[0]) / (len(used) - 1),
    )


def _cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Bare:
    """The method's work on one repeat's seed, written out, with the clips in memory."""

    def __init__(self, clips: Clips, fields: dict[str, object], seed: int) -> None:
        self._method = build(IdClassifier, fields, "id_classifier")
        self._seed = seed
        self.train = clips.where(split="train").blind()
        self.test = clips.where(split="test").blind()
        self._classes = Classes.of(self.train, "id")

    def __call__(self) -> np.ndarray:
        """Train and score; the scores."""
        config: Classifier = self._method.classifier
        (waves_NS, logmel_NBT, labels_N), (test_NS, test_NBT, claimed_N) = (
            self._hear(self.train),
            self._hear(self.test),
        )
        torch.manual_seed(derive(self._seed, "model"))
        model = IdModel(self._method.encoder, config, self.train)
        model.to(memory_format=torch.channels_last)
        optimiser = torch.optim.Adam(model.parameters(), lr=config.lr, fused=True)
        recipe = Recipe(config.epochs, config.lr, "warm_cosine", config.warm_epochs)
        draw = random_batches(len(labels_N), config.batch.size)
        for epoch in range(config.epochs):
            for group in optimiser.param_groups:
                group["lr"] = recipe.lr_at(epoch)
            model.train()
            seed = derive(self._seed, "classify", epoch)
            for indices in draw(torch.Generator().manual_seed(seed)):
                label_N = labels_N[indices]
                z_ND = model(waves_NS[indices], logmel_NBT[indices])
                loss = functional.cross_entropy(model.arcface(z_ND, label_N), label_N)
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
        model.eval()
        with torch.inference_mode():
            batches = zip(test_NS.split(SCORING_BATCH), test_NBT.split(SCORING_BATCH), strict=True)
            z_ND = torch.cat([model(waves, logmel) for waves, logmel in batches])
            logits_NC = model.arcface(z_ND, claimed_N if Scoring().margin else None).double()
            return functional.cross_entropy(logits_NC, claimed_N, reduction="none").numpy()

    def _hear(self, clips: Clips) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        fresh = clips.pick(range(len(clips)))  # a log-mel that was computed before is not kept
        labels = [self._classes.claimed(clip)[0] for clip in clips]
        return fresh.waves(), fresh.logmel(), torch.tensor(labels)


def prepare(experiment_file: Path) -> dict[str, measuring.Work]:
    """The bare loop of repeat 0, ready to run, with one thread."""
    torch.set_num_threads(1)
    _, experiment = read(str(experiment_file))
    clips = load(dataset_of(experiment.dataset).recordings(), experiment.frontend).clips
    fields, seed = experiment.methods["id_classifier"], derive(experiment.seed, 0)
    bare = Bare(clips, fields, seed)
    return {"scores": bare, "clips": lambda: list(clips.where(split="test"))}


def measure() -> Report:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        os.environ["ASDBENCH_CACHE"] = str(folder / "cache")
        path = folder / "overhead.toml"
        path.write_text(EXPERIMENT.format(epochs=EPOCHS))
        bare = measuring.Elsewhere(prepare, path)
        bare_s, runs, scores = [], [], None
        for turn in range(ROUNDS):
            runs.append(command(path, folder / str(turn)))
            for _ in range(REPEATS - 1):  # as many as there are cells to compare with
                began = time.perf_counter()
                scores = bare("scores")()
                bare_s.append(time.perf_counter() - began)
        _check_same(bare("clips")(), scores, Store(folder / "0"))
        bare.close()
    return _report(runs, bare_s)


def _check_same(clips: Any, scores: Any, store: Store) -> None:
    """Assert that repeat 0 has the bare loop's scores, bit for bit."""
    (folder,) = store.folder.glob("cells/id_classifier-all-r0-*")
    kept = {(s.machine, s.id, s.clip): s.score for s in store.scores(folder.name)}
    found = {(c.machine, c.id, c.name): float(s) for c, s in zip(clips, scores, strict=True)}
    assert kept == found, "not the same work: other scores"


def _report(runs: list[Command], bare: list[float]) -> Report:
    bare_s = min(bare)
    cells = [pair for run in runs for pair in zip(run.others, run.inside, strict=True)]
    cell, inside = min(cells)
    around = min(whole - within for whole, within in cells)
    start = min(run.first_cell for run in runs) - cell
    end = min(run.ending for run in runs)

    def row(what: str, found: float, share: bool = True) -> Row:
        line: Row = {"what": what, "seconds": found}
        return line | {"% of the bare loop": 100 * found / bare_s} if share else line

    rows = [
        row("bare loop", bare_s),
        row("a cell, from the last one's end to its own", cell),
        row("more than the bare loop", cell - bare_s) | goal(cell / bare_s - 1, below=BELOW),
        row("of this, within the cell's process", inside - bare_s),
        row("of this, around it: fork, hand over, keep on disk", around),
        row("CPU time of the command's own process, a cell", min(run.driver for run in runs)),
        row("once a command: before the first cell", start, share=False),
        row("once a command: after the last, boards and MLflow", end, share=False),
    ]
    notes = [
        f"{len(runs)} commands of {REPEATS} cells, {len(bare)} bare loops, in turns",
        "scores of both are the same bits",
    ]
    return Report("the harness's own cost, a cell of id_classifier", 1, rows, notes)


if __name__ == "__main__":
    measuring.main(measure)
