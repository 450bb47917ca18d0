"""The clips that a method's contract is tried on: synthetic machines to learn, noise to find."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from asdbench.config import plugins
from asdbench.config.frontend import Frontend
from asdbench.config.seeds import derive
from asdbench.data.clips import Clip, Clips, Recording
from asdbench.data.decode import Generated
from asdbench.data.loading import load

SECONDS = 1.0


def clips_for(scope: str) -> tuple[Clips, Clips]:
    """Two machine types (one, for a method that sees one): machines to learn, noise to find."""
    machines = ("fan",) if scope == "machine" else ("fan", "valve")
    synthetic = plugins.load(plugins.DATASETS, "synthetic")(
        machines=machines,
        subsets=("development",),
        seconds=SECONDS,
        train=8,
        test_normal=4,
        test_anomalous=1,
    )
    normal = [r for r in synthetic.recordings() if not r.clip.anomalous]
    noise = [
        Recording(
            Clip(machine, id_, "development", "test", True, f"anomaly_id_{id_}_{i:08d}.wav"),
            Generated(
                f"check-noise-{machine}-{id_}-{i}-{SECONDS}",
                partial(_noise, derive(i, machine, id_)),
                round(16000 * SECONDS),
                16000,
            ),
        )
        for machine in machines
        for id_ in ("00", "02", "04")
        for i in range(4)
    ]
    clips, *_ = load([*normal, *noise], Frontend())
    return clips.where(split="train"), clips.where(split="test")


def _noise(seed: int) -> np.ndarray[Any, np.dtype[np.int16]]:
    rng = np.random.default_rng(seed)
    return rng.integers(-30000, 30000, round(16000 * SECONDS)).astype(np.int16)
