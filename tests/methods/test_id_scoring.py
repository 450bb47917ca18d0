"""Scores of the ID methods: what they say, by the classifier and by distance."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from asdbench_methods._id_scoring import LikelihoodNetwork, embed
from asdbench_methods._per_id import PerId
from asdbench_methods._scoring import Scoring
from asdbench_methods.id_classifier import IdClassifier
from id_cells import METHODS, SCORERS, Cell, Claiming, ids_of, method
from told import telling

from asdbench import Clips, derive

pytestmark = pytest.mark.usefixtures("one_thread_of_scikit_learn", "shallow")
LENT = Cell(None)  # what is lent for scoring alone


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, train: Clips) -> IdClassifier:
    """A classifier that tells the IDs apart, to be scored in several ways.

    To learn it takes many steps: so embeddings are put around 0, and centres where the IDs' are.
    """
    fitted: IdClassifier
    fitted = Cell(tmp_path_factory.mktemp("trained")).fit(method("id_classifier"), train)
    model, context = fitted.model_, LENT.context
    labels = np.array(model.classes.label(train))
    with torch.no_grad():
        model.encoder.embed.norm.bias -= embed(model, train, context).mean(dim=0)
        z_ND = embed(model, train, context)
        for label, centre_D in enumerate(model.arcface.centres_CD):
            centre_D.copy_(z_ND[labels == label].mean(dim=0))
    return fitted


@pytest.mark.parametrize("name", METHODS)
def test_every_scorer_gives_finite_scores_of_its_own(
    tmp_path: Path, train: Clips, test: Clips, name: str
) -> None:
    cell = Cell(tmp_path)
    fitted = cell.fit(method(name), train)
    found = {}
    for by in SCORERS:
        found[by] = cell.rescored(fitted, Scoring(by=by, centres=2), train).score(test.blind())
        assert found[by].shape == (len(test),)
        assert np.isfinite(found[by]).all()
    for i, one in enumerate(SCORERS):
        for other in SCORERS[:i]:
            assert not np.isclose(found[one], found[other]).all()


@pytest.mark.parametrize("margin", [True, False])
def test_a_score_is_minus_the_log_probability_of_the_claimed_id(
    trained: IdClassifier, train: Clips, test: Clips, margin: bool
) -> None:
    z_ND = embed(trained.model_, test, LENT.context).double().numpy()
    centres_CD = trained.model_.arcface.centres_CD.detach().double().numpy()
    expected = []
    for clip, z_D in zip(test, z_ND, strict=True):
        cosines = [c @ z_D / np.linalg.norm(c) / np.linalg.norm(z_D) for c in centres_CD]
        claimed = trained.model_.classes.names.index((clip.machine, clip.id))
        if margin:
            angle = np.arccos(cosines[claimed])
            line = cosines[claimed] - 0.7 * np.sin(np.pi - 0.7)
            cosines[claimed] = np.cos(angle + 0.7) if angle < np.pi - 0.7 else line
        logits = [30 * cosine for cosine in cosines]
        expected.append(np.log(sum(np.exp(logits))) - logits[claimed])
    scores = LENT.rescored(trained, Scoring(margin=margin), train).score(test.blind())
    np.testing.assert_allclose(scores, expected, rtol=1e-4, atol=1e-5)


def test_the_margin_on_the_claimed_id_changes_the_scores(
    trained: IdClassifier, train: Clips, test: Clips
) -> None:
    with_margin, without = (
        LENT.rescored(trained, Scoring(margin=margin), train).score(test)
        for margin in (True, False)
    )
    assert (with_margin > without).all()


@pytest.mark.parametrize("margin", [True, False])
def test_an_unknown_id_is_the_likeliest_of_its_machine_type(
    trained: IdClassifier, train: Clips, test: Clips, claiming: Claiming, margin: bool
) -> None:
    fitted = LENT.rescored(trained, Scoring(margin=margin), train)
    of = {one: fitted.score(claiming(test, *one)) for one in fitted.model_.classes.names}
    of_fan = np.minimum(of["fan", "00"], of["fan", "02"])
    of_all = np.min(list(of.values()), axis=0)
    # There is something to choose: neither ID is always the likelier one, nor is fan always.
    assert not np.array_equal(of_fan, of["fan", "00"])
    assert not np.array_equal(of_fan, of["fan", "02"])
    assert not np.array_equal(of_fan, of_all)
    np.testing.assert_allclose(fitted.score(claiming(test, "fan", "06")), of_fan, rtol=1e-6)
    np.testing.assert_allclose(fitted.score(claiming(test, "pump", "00")), of_all, rtol=1e-6)


def test_known_and_unknown_ids_score_beside_each_other_as_alone(
    tmp_path: Path, train: Clips, test: Clips
) -> None:
    known = train.filter(lambda clip: (clip.machine, clip.id) != ("valve", "02"))
    fitted = Cell(tmp_path).fit(method("id_contrastive"), known)
    assert fitted.model_.classes.names == (("fan", "00"), ("fan", "02"), ("valve", "00"))
    scores = fitted.score(test)
    assert np.isfinite(scores).all()
    alone = [fitted.score(test.pick([i]))[0] for i in range(len(test))]
    np.testing.assert_allclose(scores, alone, rtol=1e-3)


@pytest.mark.parametrize("name", METHODS)
def test_without_a_classifier_there_is_nothing_to_classify_by(
    tmp_path: Path, train: Clips, name: str
) -> None:
    cell = Cell(tmp_path)
    with pytest.raises(ValueError, match=r"epochs = 0 leaves no classifier.*scoring\.by"):
        cell.fit(method(name, epochs=0), train)
    assert cell.told == []


@pytest.mark.parametrize("by", SCORERS)
def test_training_clips_are_scored_without_themselves_by_distance(
    trained: IdClassifier, train: Clips, by: Any
) -> None:
    fitted = LENT.rescored(trained, Scoring(by=by), train)
    found, as_any = fitted.train_scores(train.blind()), fitted.score(train.blind())
    if by == "classifier":
        assert np.array_equal(found, as_any)
        return
    z_ND = embed(trained.model_, train, LENT.context).numpy()
    scorer = Scoring(by=by).scorer(derive(LENT.context.seed, "scoring"))
    ids = [(clip.machine, clip.id) for clip in train]
    np.testing.assert_array_equal(found, PerId(scorer).fit(z_ND, ids).train_scores())
    assert found.mean() > as_any.mean()


@pytest.mark.parametrize("by", SCORERS[1:])
def test_balance_reaches_the_distances(
    trained: IdClassifier, train: Clips, test: Clips, by: Any
) -> None:
    pooled = telling(train, lambda place, clip: replace(clip, domain="ab"[place % 2], id="00"))
    asked = telling(test, lambda _, clip: replace(clip, id="00"))
    found = []
    for options in ({}, {"density": 2}, {"domains": "apart"}, {"density": 2, "domains": "apart"}):
        fitted = LENT.rescored(trained, Scoring(by=by, **options), pooled)
        found.append(fitted.score(asked))
        assert np.isfinite(fitted.train_scores(pooled)).all()
    for place, one in enumerate(found):
        assert not any(np.isclose(one, other).all() for other in found[:place])


@pytest.mark.parametrize("margin", [True, False])
@pytest.mark.parametrize("labels", ["id", "id+attributes+domain"])
def test_as_a_network_it_scores_clips_as_if_of_each_id(
    tmp_path: Path, train: Clips, claiming: Claiming, margin: bool, labels: Any
) -> None:
    told = telling(train, lambda n, clip: replace(clip, domain="target" if n % 3 else "source"))
    made = replace(method("id_classifier", scoring=Scoring(margin=margin)), labels=labels)
    fitted = Cell(tmp_path).fit(made, told)
    ids = [*ids_of(train), ("fan", "unknown")]
    network = fitted.as_network(ids)
    assert isinstance(network, LikelihoodNetwork)
    with torch.inference_mode():
        found_NI = network(train.waves(), train.logmel()).numpy()
    wanted_NI = np.stack([fitted.score(claiming(train, *one)) for one in ids], axis=1)
    np.testing.assert_allclose(found_NI, wanted_NI, rtol=1e-5)


def test_as_a_network_distances_are_the_same(trained: IdClassifier, train: Clips) -> None:
    fitted = LENT.rescored(trained, Scoring(by="mahalanobis"), train)
    with torch.inference_mode():
        found_NI = fitted.as_network(ids_of(train))(train.waves(), train.logmel()).numpy()
    columns = [ids_of(train).index((clip.machine, clip.id)) for clip in train]
    found_N = found_NI[range(len(train)), columns]
    np.testing.assert_allclose(found_N, fitted.score(train.blind()), rtol=1e-3)
