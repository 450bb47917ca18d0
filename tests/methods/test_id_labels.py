"""The ID methods with other labels than IDs: as fields, in training, scoring and stages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from asdbench_methods._classes import Classes
from asdbench_methods._id_model import Batching
from asdbench_methods._scoring import Scoring
from asdbench_methods._weights import PublishedWeights
from id_cells import LOGMEL, METHODS, TWO_STAGE, Cell, method, trained_stages
from told import with_speeds

from asdbench import Clips
from asdbench.config.experiment import Experiment
from asdbench.config.keys import key
from asdbench.config.selection import choose

pytestmark = pytest.mark.usefixtures("one_thread_of_scikit_learn", "shallow")
OTHERS = ("attributes", "id+attributes+domain")


def labelled(name: str, labels: Any, **fields: Any) -> Any:
    return replace(method(name, **fields), labels=labels)


@pytest.mark.parametrize("name", METHODS)
def test_labels_are_a_field_that_leaves_other_keys_alone(name: str) -> None:
    def fields(**asked: Any) -> Any:
        return choose(Experiment(methods={name: asked}), [name]).rows[0].fields

    assert "labels" not in fields()
    assert fields(labels="id") == fields()
    assert fields(labels="attributes")["labels"] == "attributes"
    assert len({key(fields(labels=one)) for one in ("id", *OTHERS)}) == 3
    with pytest.raises(ValueError, match="labels"):
        fields(labels="domain")


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize(("labels", "classes"), [("attributes", 4), (OTHERS[1], 12)])
def test_it_learns_and_scores_with_other_labels(
    tmp_path: Path, train: Clips, test: Clips, name: str, labels: Any, classes: int
) -> None:
    told = with_speeds(train)
    fitted = Cell(tmp_path).fit(labelled(name, labels), told)
    assert fitted.model_.arcface.centres_CD.shape[0] == classes
    scores = fitted.score(test.blind())
    assert np.isfinite(scores).all()
    # By hand: each claimed class's loss, and the smallest of them.
    expected = []
    for clip in range(len(test)):
        one = test.pick([clip]).blind()
        losses = []
        for label in fitted.model_.classes.claimed(one[0]):
            alone = replace(fitted.model_.classes, of_ids={(one[0].machine, one[0].id): (label,)})
            before, fitted.model_.classes = fitted.model_.classes, alone
            losses.append(fitted.score(one)[0])
            fitted.model_.classes = before
        assert len(losses) == (2 if labels == "attributes" else 3)
        expected.append(min(losses))
    np.testing.assert_allclose(scores, expected, rtol=1e-3, atol=1e-5)


def test_one_id_can_be_learned_by_its_attributes(tmp_path: Path, train: Clips) -> None:
    one = with_speeds(train).where(machine="fan", id="00")
    with pytest.raises(ValueError, match=r'labels = "attributes" would have 2 classes'):
        Cell(tmp_path / "id").fit(method("id_classifier"), one)
    fitted = Cell(tmp_path / "attributes").fit(labelled("id_classifier", "attributes"), one)
    assert len(fitted.model_.classes) == 2


@pytest.mark.parametrize("name", TWO_STAGE)
def test_the_first_stage_is_shared_by_equal_labels_only(
    tmp_path: Path, train: Clips, name: str
) -> None:
    shared, told = tmp_path / "shared", with_speeds(train)
    for number, labels in enumerate(("id", "attributes", "attributes", *OTHERS)):
        Cell(tmp_path / str(number), stages=shared).fit(
            labelled(name, labels, margin=0.5 + number / 10), told
        )
    assert len(trained_stages(shared, "pretrain")) == 3


@pytest.mark.parametrize("name", TWO_STAGE)
def test_batches_are_balanced_over_the_classes(
    tmp_path: Path, train: Clips, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    seen = []
    real = Batching.over

    def over(self: Batching, labels: list[int]) -> Any:
        seen.append(labels)
        return real(self, labels)

    monkeypatch.setattr(Batching, "over", over)
    told = with_speeds(train)
    Cell(tmp_path).fit(labelled(name, "attributes"), told)
    assert seen == [Classes.of(told, "attributes").label(told)] * 2


def test_a_contrast_of_attributes_learns_another_encoder(tmp_path: Path, train: Clips) -> None:
    told = with_speeds(train)
    found = {}
    for labels in ("id", "attributes"):
        made = labelled("id_contrastive", labels, epochs=0, scoring=Scoring(by="mahalanobis"))
        fitted = Cell(tmp_path / labels).fit(made, told)
        found[labels] = fitted.model_.encoder.embed.conv.weight.detach().numpy().copy()
    assert not np.allclose(found["id"], found["attributes"])


@pytest.mark.parametrize("name", ["id_classifier", "id_contrastive"])
def test_published_weights_tell_ids_apart(tmp_path: Path, train: Clips, name: str) -> None:
    path = tmp_path / "model.pth"
    path.write_bytes(b"not read")
    made = labelled(name, "attributes", weights=PublishedWeights(str(path)), encoder=LOGMEL)
    cell = Cell(tmp_path / "cell")
    with pytest.raises(ValueError, match=r'labels = "attributes" needs training'):
        cell.fit(made, with_speeds(train))
    assert cell.told == []
