"""What a detector makes of a proxy task."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from asdbench import Context
from asdbench.config import plugins
from asdbench.config.frontend import Frontend
from asdbench.data.loading import load
from asdbench.data.proxy.dataset import Proxy, faults_of
from asdbench.data.proxy.families import GRADES, families_of
from asdbench.data.synthetic.dataset import Synthetic
from asdbench.evaluation.metrics import auc


def proxy_aucs(context: Context, wrapped: Any, **fields: Any) -> dict[str, float]:
    """Of `knn`, by grade, the mean over machine types, IDs and families."""
    recordings = Proxy(wrapped, **fields).recordings()
    faults_by_clip = faults_of(recordings)
    clips = load(recordings, Frontend()).clips
    found: dict[str, list[float]] = {}
    for machine in {clip.machine for clip in clips}:
        here = clips.where(machine=machine)
        method = plugins.load(plugins.METHODS, "knn")()
        method.fit(here.where(split="train").blind(), context)
        test = here.where(split="test")
        scores = method.score(test.blind())
        faults = [faults_by_clip[clip.machine, clip.id, str(clip.name)] for clip in test]
        for id in {clip.id for clip in test}:
            mine = np.array([clip.id == id for clip in test])
            for fault in {f for f in faults if f}:
                chosen = mine & np.array([f in (None, fault) for f in faults])
                label = np.array([f is not None for f in faults])[chosen]
                if label.any():
                    found.setdefault(fault.grade, []).append(auc(label, scores[chosen]))
    return {grade: float(np.mean(values)) for grade, values in found.items()}


def test_a_detector_finds_stronger_faults_more_easily(context: Context) -> None:
    wrapped = Synthetic(machines=("fan",), subsets=("development",), seconds=1.0, train=24)
    fields = {"families": ("modulation", "band_flow")}
    found = proxy_aucs(context, wrapped, grades=("mild", "strong"), **fields)
    assert 0.4 < found["mild"] < found["strong"] - 0.1


@pytest.mark.slow
def test_the_middle_grade_of_every_machine_type_is_neither_free_nor_hopeless(
    context: Context,
) -> None:
    for machine in ("fan", "pump", "slider", "valve"):
        wrapped = Synthetic(machines=(machine,), subsets=("development",), seconds=2.0, train=60)
        found = proxy_aucs(context, wrapped, families=families_of(machine), grades=GRADES)
        assert 0.45 < found["mild"] < found["medium"] < found["strong"] < 0.99
        assert 0.55 < found["medium"] < 0.9
