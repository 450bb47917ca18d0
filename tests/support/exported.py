"""Detectors of small rows on the 32 clips that all tests share, to be exported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from small_runs import planned, ran

from asdbench.data.clips import Clips
from asdbench.detector.detector import Detector
from asdbench.detector.make import Training, make

ENCODER = {"width": 0.125}
CLASSIFIER = {"epochs": 1, "lr": 1e-3, "warm_epochs": 1, "batch": {"size": 16}}
PRETRAINING = {"epochs": 1, "batch": {"size": 16}}
FIELDS: dict[str, dict[str, Any]] = {
    "adacos": {"training": {"width": 0.125, "epochs": 1, "batch": 8}},
    "autoencoder": {"epochs": 1},
    "idnn": {"epochs": 1},
    "id_classifier": {"encoder": ENCODER, "classifier": CLASSIFIER},
    "simclr": {"encoder": ENCODER, "classifier": CLASSIFIER, "pretraining": PRETRAINING},
    "id_contrastive": {"encoder": ENCODER, "classifier": CLASSIFIER, "pretraining": PRETRAINING},
    "knn": {},
    "pretrained": {"encoder": "random", "layer": 0},
    "twfr_gmm": {},
}


def detector_of(
    folder: Path, clips: Clips, row: str, *parts: str, repeats: str = "first", **fields: Any
) -> Detector:
    """A detector of a row that is run in a folder; of several ``parts``, an ensemble of them."""
    methods = {name: FIELDS.get(name, {}) for name in parts or (row,)}
    if parts:
        methods[row] = {"ensemble": list(parts)}
    methods[row] = methods[row] | fields
    store, failed = ran(folder / "run", clips, planned(clips, *methods, methods=methods))
    assert not failed
    known = Training(clips.where(split="train"), ("auto",), ())
    made = make(store, row, folder / row, repeats=repeats, threshold="gamma", training=known)
    return Detector(made)
