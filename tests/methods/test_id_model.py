"""What the ID methods share: their labels, their batches, and little data to learn from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from asdbench_methods._id_model import Batching, Classifier
from asdbench_methods._scoring import Scoring
from id_cells import METHODS, SCORERS, Cell, method, trained_stages

from asdbench import Clips
from asdbench.training.fitted import state_of

pytestmark = pytest.mark.usefixtures("one_thread_of_scikit_learn", "shallow")


def test_batches_are_random_or_balanced_over_ids() -> None:
    labels, generator = [0, 0, 0, 1, 1, 1, 2, 2, 2, 2], torch.Generator().manual_seed(0)
    assert Batching(size=4).over(labels)(generator).shape == (2, 4)
    for batch in Batching(size=4, sampler="balanced", per_id=2).over(labels)(generator).tolist():
        assert len(batch) == 4
        assert len({labels[row] for row in batch}) == 2


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Batching(size=1), "size = 1; it must be at least 2"),
        (lambda: Batching(per_id=1), "per_id = 1; it must be at least 2"),
        (lambda: Classifier(epochs=-1), "epochs = -1; it must be at least 0"),
        (lambda: Classifier(contrast=-0.1), r"contrast = -0\.1; it must be at least 0"),
        (lambda: Classifier(lr=0.0), r"lr = 0\.0; it must be above 0"),
        (lambda: Classifier(margin=0.0), r"margin = 0\.0; it must be above 0"),
        (lambda: Scoring(components=0), "components = 0; it must be at least 1"),
        (lambda: Scoring(neighbours=0), "neighbours = 0; it must be at least 1"),
        (lambda: Scoring(regularisation=0.0), r"regularisation = 0\.0; it must be above 0"),
        (lambda: Scoring(density=-1), "density = -1; it must be at least 0"),
        (lambda: Scoring(density=1), r"balance distances.*scoring\.by = \"neighbours\""),
        (lambda: Scoring(domains="apart"), r"balance distances.*scoring\.by = \"neighbours\""),
    ],
)
def test_impossible_fields(make: Callable[[], Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        make()


def test_the_contrastive_term_changes_what_the_second_stage_learns(
    tmp_path: Path, train: Clips
) -> None:
    without, with_term = (
        state_of(
            Cell(tmp_path / str(weight), stages=tmp_path / "shared").fit(
                method("id_contrastive", contrast=weight), train
            )
        )
        for weight in (0.0, 0.5)
    )
    assert len(trained_stages(tmp_path / "shared", "pretrain")) == 1
    assert without.keys() == with_term.keys()  # its head is not part of the model
    assert not torch.allclose(
        without["model_.encoder.stem.conv.weight"], with_term["model_.encoder.stem.conv.weight"]
    )


@pytest.mark.parametrize("name", METHODS)
def test_a_single_machine_id_is_an_error_before_any_training(
    tmp_path: Path, train: Clips, name: str
) -> None:
    cell = Cell(tmp_path)
    with pytest.raises(ValueError, match=r"fan 02.*scoring\.by = \"mahalanobis\"") as caught:
        cell.fit(method(name), train.where(machine="fan", id="02"))
    assert "\n" not in str(caught.value)
    assert cell.told == []
    assert trained_stages(tmp_path / "stages") == []


@pytest.mark.parametrize("name", METHODS)
def test_a_single_machine_id_works_with_a_distance(
    tmp_path: Path, train: Clips, test: Clips, name: str
) -> None:
    cell = Cell(tmp_path)
    alone = method(name, scoring=Scoring(by="mahalanobis"))
    fans = train.where(machine="fan", id="02")
    fitted = cell.fit(alone, fans)
    assert len(cell.told) == (1 if name == "id_classifier" else 2)
    for by in SCORERS[1:]:
        scorer = cell.rescored(fitted, Scoring(by=by), fans)
        scores = scorer.score(test.where(machine="fan", id="02"))
        assert np.isfinite(scores).all()
        assert len(np.unique(scores)) == 4


def few(train: Clips, count: int) -> Clips:
    """Only so many clips of fan 02; all of the rest."""
    rare = [i for i, c in enumerate(train) if (c.machine, c.id) == ("fan", "02")]
    return train.pick([i for i in range(len(train)) if i not in rare[count:]])


@pytest.mark.parametrize("sampler", ["random", "balanced"])
def test_an_id_with_two_training_clips(
    tmp_path: Path, train: Clips, test: Clips, sampler: Any
) -> None:
    balanced = Batching(size=8, sampler=sampler, per_id=4)
    rare = method("id_contrastive")
    rare.pretraining = replace(rare.pretraining, batch=balanced)
    cell = Cell(tmp_path)
    fitted = cell.fit(rare, few(train, 2))
    assert all(np.isfinite(figures["loss"]) for *_, figures in cell.told)
    for by in SCORERS:
        scorer = cell.rescored(fitted, Scoring(by=by), few(train, 2))
        assert np.isfinite(scorer.score(test)).all()


@pytest.mark.parametrize("name", METHODS)
def test_two_training_clips_in_all(tmp_path: Path, train: Clips, test: Clips, name: str) -> None:
    one_each = [next(i for i, c in enumerate(train) if c.id == id_) for id_ in ("00", "02")]
    fitted = Cell(tmp_path).fit(method(name), train.pick(one_each))
    assert np.isfinite(fitted.score(test)).all()
    with pytest.raises(ValueError, match="two training clips"):
        Cell(tmp_path).fit(
            replace(method(name), scoring=Scoring(by="mahalanobis")), train.pick(one_each[:1])
        )
