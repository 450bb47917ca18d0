"""Ten scorers on one pass of a frozen encoder, against a pass for each.

python ci/bench/kept.py [--clips 200]: prints both times and their ratio, and checks that the scores
are the same.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from asdbench_methods._scoring import Scoring
from asdbench_methods.pretrained import Pretrained

from asdbench import Context
from asdbench.config.frontend import Frontend
from asdbench.config.numerics import Numerics
from asdbench.data.loading import load
from asdbench.data.synthetic.dataset import Synthetic
from asdbench.training.stages import Stages

NEAREST = Scoring(by="neighbours")
WAYS = [
    NEAREST,
    replace(NEAREST, neighbours=4),
    replace(NEAREST, distance="cosine"),
    replace(NEAREST, density=1),
    replace(NEAREST, density=4, relative="difference"),
    Scoring(by="kmeans"),
    Scoring(by="kmeans", centres=4),
    Scoring(by="kmeans", distance="cosine"),
    Scoring(by="mahalanobis"),
    replace(NEAREST, domains="transductive"),
]


def scores(folder: Path, *, shared: bool) -> list[np.ndarray]:
    """Of every scorer, with one folder of kept embeddings or one each."""
    found = []
    for number, scoring in enumerate(WAYS):
        stages = Stages(folder / ("stages" if shared else f"stages-{number}"), "bench")
        numerics = Numerics(device="cpu", precision="float32")
        context = Context(number, numerics, folder, lambda *_, **__: None, stages)
        method = Pretrained(encoder="random", scoring=scoring)
        method.fit(TRAIN, context)
        found.append(method.score(TEST))
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=100, help="training clips a machine ID")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    data = Synthetic(machines=("fan",), subsets=("development",), seconds=2.0, train=asked.clips)
    clips = load(data.recordings(), Frontend()).clips
    TRAIN, TEST = (clips.where(split=split).blind() for split in ("train", "test"))
    seconds, every = {}, {}
    for shared in (True, False):
        with tempfile.TemporaryDirectory() as scratch:
            began = time.monotonic()
            every[shared] = scores(Path(scratch), shared=shared)
            seconds[shared] = time.monotonic() - began
    same = all(map(np.array_equal, every[True], every[False]))
    print(f"{len(TRAIN)} training and {len(TEST)} test clips, {len(WAYS)} scorers")
    print(f"a pass for each: {seconds[False]:.1f} s; one pass: {seconds[True]:.1f} s")
    print(f"ratio {seconds[False] / seconds[True]:.1f}; the same scores: {'yes' if same else 'no'}")
    if not same:
        raise SystemExit(1)
