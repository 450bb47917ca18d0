"""Published checkpoints in the methods: scored as they are, keyed by their content."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from asdbench_methods._id_model import IdModel
from asdbench_methods._nets import EncoderConfig
from asdbench_methods._weights import PublishedWeights
from asdbench_methods.id_classifier import IdClassifier
from asdbench_methods.id_contrastive import IdContrastive
from id_cells import WITH_TGRAM, Cell, method, trained_stages
from recorded import recordings
from reference_weights import one_stage, two_stages

from asdbench import Clips
from asdbench.config.experiment import Experiment
from asdbench.config.frontend import Frontend
from asdbench.config.keys import key
from asdbench.config.schema import build
from asdbench.config.selection import choose
from asdbench.data.loading import load


@pytest.fixture(scope="module")
def fans(small_clips: Clips) -> Clips:
    """The machine IDs fan 00 and 02, to train and to test."""
    return small_clips.where(machine="fan")


WITH_WEIGHTS = ("id_classifier", "id_contrastive")


full = partial(method, encoder=WITH_TGRAM)  # as all published models are


def as_published(path: Path, model: IdModel) -> Path:
    """A model of fan 00 and 02 as the authors would have saved it, among their 41 classes."""
    state = (one_stage if isinstance(model.projection, torch.nn.Identity) else two_stages)(model)
    centres_CD = torch.randn(41, 128, generator=torch.Generator().manual_seed(0))
    centres_CD[[0, 2]] = model.arcface.centres_CD.detach()
    torch.save({"epoch": 8, "clf_state_dict": state | {"arcface.weight": centres_CD}}, path)
    return path


@pytest.mark.parametrize("name", WITH_WEIGHTS)
def test_a_published_model_scores_as_the_model_it_was_made_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fans: Clips, name: str
) -> None:
    train, test = fans.where(split="train"), fans.where(split="test")
    original = Cell(tmp_path / "original").fit(full(name, epochs=6), train)
    expected = original.score(test)
    path = as_published(tmp_path / "model.pth", original.model_)
    monkeypatch.setenv("HOME", str(tmp_path))
    for written in (str(path), "~/model.pth"):
        cell = Cell(tmp_path / "loaded", seed=2)
        loaded = cell.fit(full(name, weights=PublishedWeights(written)), train)
        np.testing.assert_allclose(loaded.score(test), expected, rtol=1e-4, atol=1e-5)
        assert cell.told == []
        for stage in ("pretrain", "classify"):
            assert trained_stages(tmp_path / "loaded" / "stages", stage) == []
    untrained = Cell(tmp_path / "other", seed=2).fit(full(name, first=0), train)
    assert not np.isclose(untrained.score(test), expected, rtol=1e-2).any()


@pytest.mark.parametrize("name", WITH_WEIGHTS)
def test_published_weights_are_part_of_the_key_by_their_content(tmp_path: Path, name: str) -> None:
    path = tmp_path / "model.pth"
    experiment = Experiment(methods={name: {"weights": {"path": str(path)}}})

    def fields() -> Any:
        return choose(experiment, [name]).rows[0].fields

    path.write_bytes(b"one")
    one, again = fields(), fields()
    assert key(one) == key(again)
    path.write_bytes(b"another")
    other = fields()
    assert one["weights"]["path"] == other["weights"]["path"]
    assert one["weights"]["sha256"] != other["weights"]["sha256"]
    assert key(one) != key(other)
    cls = {"id_classifier": IdClassifier, "id_contrastive": IdContrastive}[name]
    assert build(cls, other, name).weights.path == str(path)
    with pytest.raises(ValueError, match=r"model\.pth have changed"):  # since it was planned
        build(cls, one, name)
    path.write_bytes(b"one")
    assert key(fields()) == key(one)
    shutil.rmtree(tmp_path)
    with pytest.raises(ValueError, match=r"cannot read weights .*model\.pth"):
        fields()


@pytest.mark.parametrize("name", WITH_WEIGHTS)
def test_published_weights_that_do_not_fit_are_an_error(
    tmp_path: Path, small_clips: Clips, fans: Clips, name: str
) -> None:
    train = fans.where(split="train")
    original = Cell(tmp_path / "original").fit(full(name), train)
    path = str(as_published(tmp_path / "model.pth", original.model_))
    with pytest.raises(ValueError, match=r"model\.pth doesn't fit.*has shape"):
        Cell(tmp_path / "1").fit(
            full(name, weights=PublishedWeights(path), encoder=EncoderConfig(width=0.25)), train
        )
    other = full(name, weights=PublishedWeights(path), projection=name == "id_classifier")
    with pytest.raises(ValueError, match=r"model\.pth doesn't fit.*projector\.0\.weight"):
        Cell(tmp_path / "2").fit(other, train)


def test_published_weights_know_only_the_machines_of_dcase_2020(
    tmp_path: Path, fans: Clips
) -> None:
    train = fans.where(split="train")
    original = Cell(tmp_path / "original").fit(full("id_classifier"), train)
    path = str(as_published(tmp_path / "model.pth", original.model_))
    strange = load(recordings(("bearing",), test=1), Frontend())[0].where(split="train")
    with pytest.raises(ValueError, match="no class for machine 'bearing'"):
        Cell(tmp_path / "1").fit(full("id_classifier", weights=PublishedWeights(path)), strange)
