"""Synthetic recordings on disk in the DCASE 2020 layout.

Each clip is a machine ID's own tones and the noise of a long tape at an offset and a gain of its
own, so that no two clips are alike and thousands are made in seconds.
"""

from __future__ import annotations

import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np

RATE, SECONDS = 16000, 10
MACHINES = ("fan", "pump")
IDS = ("00", "02", "04")


def write(
    folder: Path, clips: int, *, split: str = "train", seconds: int = SECONDS
) -> list[tuple[Path, int]]:
    """Write normal clips, 16-bit mono, of all machine IDs in turn; each file and its class."""
    samples = seconds * RATE
    rng = np.random.default_rng(0)
    tape = rng.standard_normal(20 * samples).astype(np.float32)
    time_S = np.arange(samples, dtype=np.float32) / RATE
    tones = [_hum(60 + 35 * one, time_S) for one in range(len(MACHINES) * len(IDS))]
    written = []
    for clip in range(clips):
        label = clip % len(tones)
        start = rng.integers(len(tape) - samples)
        sound = tones[label] + rng.uniform(0.02, 0.1) * tape[start : start + samples]
        machine, id_ = MACHINES[label // len(IDS)], IDS[label % len(IDS)]
        path = folder / machine / split / f"normal_id_{id_}_{clip:08d}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, RATE, samples, "NONE", ""))
            file.writeframes((sound * 32767).clip(-32768, 32767).astype("<i2").tobytes())
        written.append((path, label))
    return written


def _hum(pitch: float, time_S: np.ndarray) -> np.ndarray:
    harmonics: Sequence[np.ndarray] = [
        np.sin(2 * np.pi * pitch * k * time_S) / k for k in range(1, 6)
    ]
    return 0.1 * np.sum(harmonics, axis=0)
