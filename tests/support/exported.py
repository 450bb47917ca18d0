"""Detectors of small rows on the clips that all tests share, to be exported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from small_detectors import CLASSIFIER, FIELDS, NETWORK, detector
from small_runs import planned, ran

from asdbench.config.ensembles import Ensemble
from asdbench.data.clips import Clips
from asdbench.detector.detector import Detector
from asdbench.results.ensembles import keep_ensemble_rows, make_ensembles
from asdbench.results.store import Store

TWO_STAGE = {
    "encoder": NETWORK,
    "classifier": CLASSIFIER,
    "pretraining": {"epochs": 1, "batch": {"size": 16}},
}
SMALL: dict[str, dict[str, Any]] = {
    **FIELDS,
    "adacos": {"training": {"width": 0.125, "epochs": 1, "batch": 8}},
    "id_contrastive": TWO_STAGE,
    "idnn": {"epochs": 1},
    "pretrained": {"encoder": "random", "layer": 0},
    "simclr": TWO_STAGE,
}


def exportable(folder: Path, clips: Clips, *rows: str, **fields: dict[str, Any]) -> Detector:
    """A detector of a method's only repeat, or of several methods', put together.

    ``fields`` are those of methods, by name, over the small ones.
    """
    methods = {row: {**SMALL.get(row, {}), **fields.get(row, {})} for row in rows}
    store, failed = ran(folder / "run", clips, planned(clips, *rows, methods=methods, repeats=1))
    assert not failed
    if len(rows) == 1:
        return detector(store, clips, rows[0], folder / "made")
    _keep(store, {"together": Ensemble(rows)}, rows[0])
    return detector(store, clips, "together", folder / "made")


def _keep(store: Store, ensembles: dict[str, Ensemble], part: str) -> None:
    record = store.row(part)
    assert record is not None
    with store.opened({}, "small"):
        keep_ensemble_rows(store, ensembles, "small", record["recipe"])
        make_ensembles(store, ensembles)
