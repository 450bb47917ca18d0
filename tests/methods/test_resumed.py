"""Whatever method: cut off after an epoch and started again, it is what it would have been."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from asdbench_methods.adacos import AdaCos, AdaCosTraining
from asdbench_methods.idnn import IDNN
from asdbench_methods.twfr_gmm import TwfrGmm
from id_cells import Cell, method

from asdbench import Clips
from asdbench.training import checkpoint

pytestmark = pytest.mark.usefixtures("one_thread_of_scikit_learn", "shallow")
SMALL = {"hidden": 8, "layers": 1, "bottleneck": 2, "epochs": 3, "batch": 64}
TRAINED: dict[str, tuple[str, Callable[[], Any]]] = {
    "adacos": (
        "train",
        lambda: AdaCos(AdaCosTraining(width=0.125, clusters=2, epochs=3, batch=8), networks=2),
    ),
    "idnn": ("train", lambda: IDNN(**SMALL)),
    "noisy-arcmix": ("classify", lambda: method("id_classifier", epochs=3, mix="noisy-arcmix")),
}


@pytest.mark.parametrize("name", TRAINED)
def test_resumed_is_uninterrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, train: Clips, test: Clips, name: str
) -> None:
    stage, fresh = TRAINED[name]
    fans = train.where(machine="fan") if name == "idnn" else train
    whole = Cell(tmp_path / "whole").fit(fresh(), fans).score(test.blind())
    monkeypatch.setattr(checkpoint, "CHECKPOINT_SECONDS", -1.0)
    with pytest.raises(InterruptedError):
        Cell(tmp_path / "cut", stop=(stage, 2)).fit(fresh(), fans)
    torch.rand(3)
    told = Cell(tmp_path / "cut")
    resumed = told.fit(fresh(), fans).score(test.blind())
    assert np.array_equal(resumed, whole)
    first = [epoch for of, epoch, *_ in told.told if of == stage][:3]
    assert first == [1, 2, 3]  # what was behind is told again


@pytest.mark.parametrize("name", [*TRAINED, "twfr_gmm"])
def test_no_label_or_name_changes_a_score(
    tmp_path: Path, train: Clips, test: Clips, name: str
) -> None:
    """The canary: labels that say the opposite, and names that give everything away."""
    _, fresh = TRAINED.get(name, ("", TwfrGmm))
    fans, asked = train.where(machine="fan"), test.where(machine="fan")
    blind = Cell(tmp_path / "blind").fit(fresh(), fans).score(asked.blind())
    made = fresh()
    folder = tmp_path / "seeing"
    folder.mkdir()
    made.fit(fans, Cell(folder).context)
    assert np.array_equal(made.score(asked), blind)
