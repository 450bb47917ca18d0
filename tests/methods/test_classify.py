"""The trained classifier is a stage: what scores in another way trains nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from asdbench_methods import _classify
from asdbench_methods._id_model import train_classifier
from asdbench_methods._scoring import Scoring
from id_cells import METHODS, SCORERS, Cell, assert_same_bits, method, trained_stages

from asdbench import Clips


@pytest.mark.parametrize("name", METHODS)
def test_all_ways_to_score_share_one_training_and_have_the_bits_of_their_own(
    tmp_path: Path, train: Clips, test: Clips, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared, trained = tmp_path / "shared", list[Path]()

    def noted(*given: Any, **options: Any) -> None:
        trained.append(given[3].scratch)
        train_classifier(*given, **options)

    monkeypatch.setattr(_classify, "train_classifier", noted)
    for by in SCORERS:
        fields = {"scoring": Scoring(by=by)}
        cell = Cell(tmp_path / by, stages=shared)
        found = cell.fit(method(name, **fields), train)
        alone = Cell(tmp_path / f"{by}-alone").fit(method(name, **fields), train)
        assert_same_bits(found, alone, test)
        assert cell.told[-1][0] == "classify", "a loaded stage tells its history again"
    assert sum(scratch.parent == shared for scratch in trained) == 1


@pytest.mark.parametrize(
    "change",
    [{"margin": 0.5}, {"epochs": 2}, {"projection": True}],
    ids=lambda change: next(iter(change)),
)
def test_whatever_changes_the_classifier_trains_another(
    tmp_path: Path, train: Clips, change: dict[str, float]
) -> None:
    shared = tmp_path / "shared"
    for fields in ({}, change):
        Cell(tmp_path / str(len(fields)), stages=shared).fit(
            method("id_classifier", **fields), train
        )
    assert len(trained_stages(shared, "classify")) == 2
