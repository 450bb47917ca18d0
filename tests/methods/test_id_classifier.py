"""The ID classifier: trained from scratch, on clips of every machine, in one stage."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from asdbench_methods.id_classifier import IdClassifier
from id_cells import Cell, ids_of, method, trained_stages
from torch import nn

from asdbench import Clips

pytestmark = pytest.mark.usefixtures("shallow")


def test_its_recipe_is_the_papers() -> None:
    recipe = IdClassifier()
    assert (recipe.classifier.epochs, recipe.classifier.lr) == (300, 1e-4)
    assert (recipe.classifier.margin, recipe.classifier.scale) == (0.7, 30.0)
    assert not recipe.classifier.projection
    assert recipe.classifier.contrast == 0
    assert (recipe.scoring.by, recipe.scoring.margin) == ("classifier", True)


def test_one_network_is_trained_in_one_stage_for_all_machines(tmp_path: Path, train: Clips) -> None:
    cell = Cell(tmp_path)
    fitted = cell.fit(method("id_classifier", epochs=2), train)
    assert list(fitted.model_.classes.names) == ids_of(train)
    assert {machine for machine, _ in fitted.model_.classes.names} == {"fan", "valve"}
    assert isinstance(fitted.model_.projection, nn.Identity)
    assert [(stage, epoch, done) for stage, epoch, done, _ in cell.told] == [
        ("classify", 1, 0.5),
        ("classify", 2, 1.0),
    ]
    assert all(set(figures) - {"of"} == {"loss", "accuracy", "lr"} for *_, figures in cell.told)
    assert len(trained_stages(tmp_path / "stages")) == 1


def test_the_seed_decides_where_it_starts(tmp_path: Path, train: Clips) -> None:
    torch.rand(3)  # whatever was drawn before
    one, again, other = (
        Cell(tmp_path / str(place), seed=seed).fit(
            method("id_classifier", epochs=1, lr=1e-9), train
        )
        for place, seed in enumerate((1, 1, 2))
    )
    start, same, differs = (x.model_.arcface.centres_CD for x in (one, again, other))
    assert torch.equal(start, same)
    assert not torch.allclose(start, differs, atol=1e-2)
