"""Embeddings by a trained network are made once for all that score by them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from asdbench_methods._embedding import embeddings_of
from asdbench_methods._scoring import Scoring
from asdbench_methods.adacos import AdaCos, AdaCosTraining
from asdbench_methods.id_classifier import IdClassifier
from torch import nn

from asdbench import Clips, Context, Method
from asdbench.config.schema import build
from asdbench.training.stages import Stages

SMALL = {
    "encoder": {"width": 0.0625, "tgram": False},
    "classifier": {"epochs": 1, "warm_epochs": 0, "batch": {"size": 8}},
}
NEAREST = Scoring(by="neighbours")
WAYS = [NEAREST, replace(NEAREST, neighbours=3, distance="cosine"), Scoring(by="mahalanobis")]


def classifier(scoring: Scoring) -> Method:
    return replace(build(IdClassifier, SMALL, "id_classifier"), scoring=scoring)


def adacos(scoring: Scoring) -> Method:
    training = AdaCosTraining(width=0.0625, clusters=2, epochs=1, batch=8)
    return AdaCos(training=training, scoring=scoring)


@pytest.mark.parametrize("method", [classifier, adacos])
def test_ways_to_score_share_one_pass_over_each_clips_and_score_as_alone(
    method: type, small_clips: Clips, context: Context, tmp_path: Path
) -> None:
    def scores(scoring: Scoring, folder: Path) -> np.ndarray:
        lent = replace(context, stages=Stages(folder, "one"))
        fitted = method(scoring)
        fitted.fit(train, lent)
        return np.asarray(fitted.score(test))

    train, test = (small_clips.where(split=split).blind() for split in ("train", "test"))
    together = [scores(scoring, tmp_path / "shared") for scoring in WAYS]
    assert len(list((tmp_path / "shared").glob("embeddings-*.safetensors"))) == 2
    for place, scoring in enumerate(WAYS):
        alone = scores(scoring, tmp_path / f"alone-{place}")
        np.testing.assert_array_equal(together[place], alone)


def test_other_weights_have_other_embeddings(
    small_clips: Clips, context: Context, tmp_path: Path
) -> None:
    for seed in (1, 2):
        lent = replace(context, seed=seed, stages=Stages(tmp_path, str(seed)))
        classifier(NEAREST).fit(small_clips, lent)
    assert len(list(tmp_path.glob("embeddings-*.safetensors"))) == 2


def test_a_network_of_other_shapes_or_names_is_another(
    small_clips: Clips, context: Context, tmp_path: Path
) -> None:
    lent = replace(context, stages=Stages(tmp_path, "one"))
    zeros = torch.zeros(2, 3), torch.zeros(3, 2)
    for place, weights in enumerate((zeros[0], zeros[1], zeros[0])):
        network = nn.ParameterDict({"a" if place < 2 else "b": nn.Parameter(weights)})
        made = torch.full((len(small_clips), 1), float(place))
        assert embeddings_of(network, small_clips, lent, lambda _, made=made: made).equal(made)
