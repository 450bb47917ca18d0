"""Scores by machine ID, and their behaviour where there is little to go by."""

import numpy as np
import pytest
from asdbench_methods._normalise import Density
from asdbench_methods._per_id import PerId
from asdbench_methods._references import Normaliser
from asdbench_methods._scorers import Centres, Mahalanobis, Mixture, Neighbours
from embedded import around

pytestmark = pytest.mark.usefixtures("one_thread_of_scikit_learn")
METRICS = [Mixture(components=3), Neighbours(k=3), Centres(3), Mahalanobis()]
FAN, OTHER_FAN, PUMP = ("fan", "00"), ("fan", "02"), ("pump", "00")


@pytest.mark.parametrize("metric", METRICS)
def test_only_the_direction_counts(metric):
    train, test = around(0, 20), around(0, 6, seed=1)
    ids = [FAN] * 6
    scores = PerId(metric).fit(train, [FAN] * 20).score(test, ids)
    longer = PerId(metric).fit(train * np.arange(1, 21)[:, None], [FAN] * 20)
    np.testing.assert_allclose(longer.score(7 * test, ids), scores, rtol=1e-6)


@pytest.mark.parametrize("metric", METRICS)
def test_a_clip_is_scored_against_its_own_id(metric):
    train = np.concatenate((around(0, 20), around(1, 20, seed=1), around(2, 20, seed=2)))
    scorer = PerId(metric).fit(train, [FAN] * 20 + [OTHER_FAN] * 20 + [PUMP] * 20)
    test = np.concatenate([around(axis, 4, seed=3) for axis in (0, 1, 2)])
    for axis, claimed in enumerate((FAN, OTHER_FAN, PUMP)):
        scores = scorer.score(test, [claimed] * 12).reshape(3, 4)
        others = np.delete(scores, axis, axis=0)
        assert scores[axis].max() < others.min()


@pytest.mark.parametrize("metric", METRICS)
def test_mixed_ids_score_as_each_alone(metric):
    train = np.concatenate((around(0, 20), around(1, 20, seed=1)))
    train_ids = [FAN, PUMP] * 20
    test, ids = around(0, 6, seed=2), [PUMP, FAN, FAN, PUMP, FAN, PUMP]
    scorer = PerId(metric).fit(train, train_ids)
    together = scorer.score(test, ids)
    alone = [scorer.score(test[i : i + 1], ids[i : i + 1])[0] for i in range(6)]
    np.testing.assert_allclose(together, alone, rtol=1e-9)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("clips", [1, 2])
def test_an_id_with_one_or_two_training_clips(metric, clips):
    train = np.concatenate((around(0, clips), around(1, 30, seed=1)))
    scorer = PerId(metric).fit(train, [FAN] * clips + [PUMP] * 30)
    near = train[:1] + 0.01 * np.eye(8)[2]
    far = train[:1] + 0.5 * np.eye(8)[2]
    scores = scorer.score(np.concatenate((train[:1], near, far)), [FAN] * 3)
    assert scores.dtype == np.float64
    assert np.isfinite(scores).all()
    assert scores[0] <= scores[1] < scores[2]


@pytest.mark.parametrize("metric", METRICS)
def test_equal_training_clips_are_one(metric):
    clip, test = around(0, 1), np.concatenate((around(0, 5, seed=1), around(1, 5, seed=2)))
    once = PerId(metric).fit(clip, [FAN]).score(test, [FAN] * 10)
    thrice = PerId(metric).fit(clip.repeat(3, axis=0), [FAN] * 3).score(test, [FAN] * 10)
    np.testing.assert_allclose(thrice, once, rtol=1e-6)


@pytest.mark.parametrize("metric", METRICS)
def test_a_single_machine_id(metric):
    train, test = around(0, 30), np.concatenate((around(0, 5, seed=1), around(1, 5, seed=2)))
    scores = PerId(metric).fit(train, [FAN] * 30).score(test, [FAN] * 10)
    assert scores[:5].max() < scores[5:].min()


@pytest.mark.parametrize("metric", METRICS)
def test_an_id_without_training_clips_is_scored_against_its_machine(metric):
    train = np.concatenate((around(0, 20), around(1, 20, seed=1), around(2, 20, seed=2)))
    ids = [FAN] * 20 + [OTHER_FAN] * 20 + [PUMP] * 20
    test = np.concatenate([around(axis, 3, seed=4) for axis in range(4)])
    scorer = PerId(metric).fit(train, ids)
    unseen = scorer.score(test, [("fan", "06")] * 12)
    fans = PerId(metric).fit(train[:40], [FAN] * 40).score(test, [FAN] * 12)
    np.testing.assert_allclose(unseen, fans, rtol=1e-9)
    nowhere = scorer.score(test, [("valve", "00")] * 12)
    everything = PerId(metric).fit(train, [FAN] * 60).score(test, [FAN] * 12)
    np.testing.assert_allclose(nowhere, everything, rtol=1e-9)


@pytest.mark.parametrize("metric", METRICS)
def test_the_same_bits_again(metric):
    train, test = around(0, 60, spread=1.0), around(0, 9, seed=1)
    first, second = (PerId(metric).fit(train, [FAN] * 60).score(test, [FAN] * 9) for _ in range(2))
    assert np.array_equal(first, second)


@pytest.mark.parametrize("metric", METRICS)
def test_a_zero_embedding_has_a_finite_score(metric):
    train, zero = around(0, 10), np.zeros((1, 8))
    assert np.isfinite(PerId(metric).fit(train, [FAN] * 10).score(zero, [FAN])).all()
    assert np.isfinite(PerId(metric).fit(zero, [FAN]).score(train, [FAN] * 10)).all()


@pytest.mark.parametrize("metric", METRICS)
def test_a_training_clip_is_scored_as_if_it_had_not_been_there(metric):
    train = np.concatenate((around(0, 8), around(1, 8, seed=1)))
    ids = [FAN] * 8 + [PUMP] * 8
    found = PerId(metric).fit(train, ids).train_scores()
    for gone in range(16):
        kept = [row for row in range(16) if row != gone]
        without = PerId(metric).fit(train[kept], [ids[row] for row in kept])
        wanted = without.score(train[[gone]], [ids[gone]])[0]
        np.testing.assert_allclose(found[gone], wanted, rtol=1e-6)  # 8 clips: 8 folds
    assert found.mean() > PerId(metric).fit(train, ids).score(train, ids).mean()


@pytest.mark.parametrize("metric", METRICS)
def test_the_only_training_clip_of_an_id_is_scored_as_of_an_unknown_id(metric):
    train = np.concatenate((around(0, 1), around(1, 8, seed=1), around(2, 8, seed=2)))
    found = PerId(metric).fit(train, [FAN] + [OTHER_FAN] * 8 + [PUMP] * 8).train_scores()
    wanted = PerId(metric).fit(train[1:9], [OTHER_FAN] * 8).score(train[:1], [FAN])
    np.testing.assert_allclose(found[:1], wanted, rtol=1e-6)
    nobody = PerId(metric).fit(train[[0, *range(9, 17)]], [FAN] + [PUMP] * 8).train_scores()
    wanted = PerId(metric).fit(train[9:], [PUMP] * 8).score(train[:1], [PUMP])
    np.testing.assert_allclose(nobody[:1], wanted, rtol=1e-6)
    assert np.isfinite(PerId(metric).fit(train[:1], [FAN]).train_scores()).all()


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize(
    "normaliser",
    [
        Normaliser(density=Density(2)),
        Normaliser("apart"),
        Normaliser("apart", Density(2)),
        Normaliser("nearest", Density(2, "difference")),
    ],
)
def test_balanced_ids_score_as_each_alone_and_like_no_other_option(metric, normaliser):
    train = np.concatenate((around(0, 12), around(1, 12, seed=1)))
    ids, domains = [FAN] * 12 + [PUMP] * 12, (["source"] * 8 + ["target"] * 4) * 2
    test, asked = around(0, 6, seed=2), [PUMP, FAN, FAN, PUMP, FAN, PUMP]
    scorer = PerId(metric, normaliser).fit(train, ids, domains)
    scores = scorer.score(test, asked)
    alone = PerId(metric, normaliser).fit(train[:12], [FAN] * 12, domains[:12])
    np.testing.assert_allclose(scores[[1, 2, 4]], alone.score(test[[1, 2, 4]], [FAN] * 3))
    np.testing.assert_allclose(scorer.train_scores()[:12], alone.train_scores(), rtol=1e-9)
    assert not np.isclose(scores, PerId(metric).fit(train, ids).score(test, asked)).any()


def test_what_cannot_be_scored():
    train = around(0, 3)
    with pytest.raises(ValueError, match="no training clips"):
        PerId(Neighbours()).fit(np.empty((0, 8)), [])
    with pytest.raises(ValueError, match=r"\(3, 8\) don't go with 2 IDs"):
        PerId(Neighbours()).fit(train, [FAN] * 2)
    with pytest.raises(ValueError, match="aren't finite"):
        PerId(Neighbours()).fit(train * np.nan, [FAN] * 3)
    with pytest.raises(ValueError, match="aren't finite"):
        PerId(Neighbours()).fit(train, [FAN] * 3).score(train * np.inf, [FAN] * 3)


def test_lengths_count_if_they_are_said_to():
    train = around(0, 5)
    far = PerId(Neighbours(), lengths=True).fit(train, [FAN] * 5).score(3 * train, [FAN] * 5)
    assert far.min() > 1.9
