"""Detectors of rows that were run on the 32 clips that all tests share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from small_runs import planned, ran

from asdbench.data.clips import Clips
from asdbench.detector.detector import Detector
from asdbench.detector.make import Training, make
from asdbench.results.store import Store

NETWORK = {"width": 0.125, "tgram": False}
CLASSIFIER = {"epochs": 1, "lr": 1e-3, "warm_epochs": 1, "batch": {"size": 16}}
FIELDS: dict[str, dict[str, Any]] = {
    "autoencoder": {"epochs": 1},
    "id_classifier": {"encoder": NETWORK, "classifier": CLASSIFIER},
}
ROWS = ("knn", "autoencoder", "id_classifier")


def small_store(folder: Path, clips: Clips, *rows: str, **changed: Any) -> Store:
    """An output folder with these rows, two repeats each."""
    names = rows or ROWS
    made = planned(clips, *names, methods={n: FIELDS.get(n, {}) for n in names}, **changed)
    store, failed = ran(folder, clips, made)
    assert not failed
    return store


def training(clips: Clips) -> Training:
    """The training clips of such rows."""
    return Training(clips.where(split="train"), ("auto",), ())


def detector(store: Store, clips: Clips | None, row: str, to: Path, **options: Any) -> Detector:
    """A detector of a row."""
    known = training(clips) if clips else None
    asked = {"repeats": "first", "threshold": "gamma", "training": known, **options}
    return Detector(make(store, row, to, **asked))


def hiss(seconds: float = 1.0, level: float = 0.1, seed: int = 0) -> np.ndarray:
    """Noise, which no machine makes: (frames,) in [-1, 1]."""
    return np.random.default_rng(seed).normal(0, level, round(16000 * seconds)).clip(-1, 1)
