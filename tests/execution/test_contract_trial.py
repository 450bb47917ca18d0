"""A method on trial, without the rules."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from asdbench.config import plugins
from asdbench.execution.contract import QUICK
from asdbench.execution.contract_clips import clips_for
from asdbench.execution.contract_trial import Trial

# Every scorer, beside every method as it comes (`test_contract`).
KEPT: list[tuple[str, dict[str, Any]]] = [
    ("knn", {"density": 3, "domains": "apart"}),
    ("autoencoder", {"epochs": 1, "scoring": "mahalanobis"}),
    ("autoencoder", {"epochs": 1, "scoring": "mahalanobis-frames"}),
    ("twfr_gmm", {"smote": 0.5}),
    ("adacos", {"networks": 2}),
    *(
        ("id_classifier", {"scoring": {"by": by, **more}})
        for by in ("mixture", "neighbours", "kmeans", "mahalanobis")
        for more in ({}, {"density": 3}, {"domains": "apart", "density": 2})
    ),
]


@pytest.mark.parametrize(("name", "fields"), KEPT, ids=str)
def test_what_is_restored_scores_the_same_bytes(name: str, fields: dict[str, Any]) -> None:
    cls = plugins.load(plugins.METHODS, name)
    train, test = (clips.blind() for clips in clips_for(cls.scope))
    quick = {**QUICK.get(name, {}), **fields}
    for part in ("training", "classifier"):
        if part in quick:
            quick[part] = {**quick[part], "epochs": 1}
    trial = Trial(cls, quick, name)
    method, scores = trial.fit(train, test)
    restored = trial.restored(method)
    assert np.array_equal(trial.score(restored, test), scores)
    assert np.ptp(scores) > 0
