"""Nearest neighbours: the same as scikit-learn's on features worked out here."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from asdbench_methods.knn import KNN
from sklearn.neighbors import NearestNeighbors
from told import telling, with_speeds

from asdbench import Clips, Context
from asdbench.config.experiment import Experiment
from asdbench.config.selection import choose

pytestmark = pytest.mark.usefixtures("one_thread_of_scikit_learn")


@pytest.fixture
def fan(small_clips: Clips) -> Clips:
    return small_clips.where(machine="fan")


def features(clips: Clips) -> np.ndarray:
    mel_NBT = clips.logmel().numpy().astype(np.float64)
    return np.concatenate([mel_NBT.mean(axis=2), mel_NBT.std(axis=2, ddof=1)], axis=1)


def expected(train: Clips, test: Clips, k: int, *, pooled: bool = False) -> np.ndarray:
    scale = features(train).mean(axis=0), features(train).std(axis=0)
    scores = []
    for index, clip in enumerate(test):
        near = train if pooled else train.where(id=clip.id)
        search = NearestNeighbors(n_neighbors=min(k, len(near)), algorithm="brute")
        search.fit((features(near) - scale[0]) / scale[1])
        query = (features(test.pick([index])) - scale[0]) / scale[1]
        scores.append(search.kneighbors(query)[0].mean())
    return np.array(scores)


@pytest.mark.parametrize("k", [1, 2, 4, 16])
def test_equal_to_scikit_learn(fan: Clips, context: Context, k: int) -> None:
    train, test = fan.where(split="train").blind(), fan.where(split="test").blind()
    method = KNN(k=k)
    method.fit(train, context)
    # With k beyond an ID's four clips, all four.
    np.testing.assert_allclose(method.score(test), expected(train, test, k), rtol=1e-9)


def test_an_anomaly_scores_higher_and_a_training_clip_zero(fan: Clips, context: Context) -> None:
    train, test = fan.where(split="train"), fan.where(split="test")
    method = KNN()
    method.fit(train.blind(), context)
    scores = method.score(test.blind())
    anomalous = np.array([bool(clip.anomalous) for clip in test])
    assert scores[anomalous].min() > scores[~anomalous].max()
    assert method.score(train.blind()) == pytest.approx(0, abs=1e-12)


def test_an_id_without_training_clips_is_compared_to_all(fan: Clips, context: Context) -> None:
    train = fan.where(split="train", id="00").blind()
    test = fan.where(split="test").blind()
    method = KNN(k=2)
    method.fit(train, context)
    unknown = test.where(id="02")
    assert len(unknown) == 4
    wanted = expected(train, unknown, 2, pooled=True)
    np.testing.assert_allclose(method.score(unknown), wanted, rtol=1e-9)
    np.testing.assert_allclose(
        method.score(test.where(id="00")), expected(train, test.where(id="00"), 2), rtol=1e-9
    )


def test_a_constant_feature_divides_by_no_zero(fan: Clips, context: Context) -> None:
    train = fan.where(split="train").blind().pick([0, 0])
    method = KNN()
    method.fit(train, context)
    assert np.isfinite(method.score(fan.where(split="test").blind())).all()


def test_no_neighbours_are_an_error(fan: Clips, context: Context) -> None:
    with pytest.raises(ValueError, match="k = 0; it must be at least 1"):
        KNN(k=0).fit(fan, context)
    with pytest.raises(ValueError, match="density = -1; it must be at least 0"):
        KNN(density=-1)


def fitted(train: Clips, context: Context, **fields: Any) -> KNN:
    method = KNN(**fields)
    method.fit(train, context)
    return method


def z_scored(train: Clips, clips: Clips) -> np.ndarray:
    return (features(clips) - features(train).mean(axis=0)) / features(train).std(axis=0)


@pytest.mark.parametrize("k", [1, 2, 9])
def test_a_training_clip_is_scored_without_itself(fan: Clips, context: Context, k: int) -> None:
    train = fan.where(split="train").blind()
    wanted = []
    for place, clip in enumerate(train):
        same = [i for i, other in enumerate(train) if other.id == clip.id and i != place]
        apart = np.linalg.norm(z_scored(train, train)[same] - z_scored(train, train)[place], axis=1)
        wanted.append(np.sort(apart)[:k].mean())
    found = fitted(train, context, k=k).train_scores(train)
    np.testing.assert_allclose(found, wanted, rtol=1e-9)
    assert found.min() > 0


def test_the_only_clip_of_an_id_is_scored_as_of_an_unknown_one(
    fan: Clips, context: Context
) -> None:
    train = fan.where(split="train").blind()
    kept = [i for i, clip in enumerate(train) if clip.id == "00"]
    lone = next(i for i, clip in enumerate(train) if clip.id == "02")
    few = train.pick([*kept, lone])
    apart = np.linalg.norm(z_scored(few, few)[:-1] - z_scored(few, few)[-1], axis=1)
    assert fitted(few, context).train_scores(few)[-1] == pytest.approx(apart.min())
    one = train.pick([lone])
    assert fitted(one, context).train_scores(one).tolist() == [0]


def test_train_scores_are_of_the_clips_that_were_learned_from(fan: Clips, context: Context) -> None:
    train = fan.where(split="train").blind()
    with pytest.raises(ValueError, match="fitted to 8 clips, and asked about 1"):
        fitted(train, context).train_scores(train.pick([0]))


def test_density_divides_by_how_far_a_training_clip_is_from_others(
    fan: Clips, context: Context
) -> None:
    train, test = fan.where(split="train").blind(), fan.where(split="test").blind()
    found = fitted(train, context, density=2).score(test)
    for place, clip in enumerate(test):
        x, y = z_scored(train, train.where(id=clip.id)), z_scored(train, test.pick([place]))[0]
        apart = np.sort([[np.linalg.norm(a - b) for a in x] for b in x], axis=1)
        level = apart[:, 1:3].mean(axis=1)
        wanted = (np.linalg.norm(x - y, axis=1) / level).min()
        assert found[place] == pytest.approx(wanted, rel=1e-9)


def test_domains_apart_are_those_of_the_training_clips(fan: Clips, context: Context) -> None:
    train, test = with_speeds(fan.where(split="train")).blind(), fan.where(split="test").blind()
    # Of four clips an ID, the single target clip joins the source: all are standardised at once.
    method = fitted(train, context, domains="apart")
    plain = fitted(train, context)
    for id_ in ("00", "02"):
        here = [i for i, clip in enumerate(train) if clip.id == id_]
        usual = plain.train_scores(train)[here]
        wanted = (plain.score(test.where(id=id_)) - usual.mean()) / usual.std()
        np.testing.assert_allclose(method.score(test.where(id=id_)), wanted, rtol=1e-9)
    # Two domains of four clips each: the smaller of two standardised distances.
    pooled = telling(
        fan.where(split="train"),
        lambda place, clip: replace(clip, id="00", domain="source" if place < 4 else "target"),
    )
    apart = fitted(pooled, context, domains="apart").score(test.where(id="00"))
    halves = []
    for rows in (range(4), range(4, 8)):
        x, y = z_scored(pooled, pooled)[rows], z_scored(pooled, test.where(id="00"))
        own = np.sort([[np.linalg.norm(a - b) for a in x] for b in x], axis=1)[:, 1]
        near = np.array([np.linalg.norm(x - one, axis=1).min() for one in y])
        halves.append((near - own.mean()) / own.std())
    np.testing.assert_allclose(apart, np.min(halves, axis=0), rtol=1e-9)


def test_new_fields_leave_the_keys_of_old_results_alone() -> None:
    def fields(**asked: Any) -> Any:
        return choose(Experiment(methods={"knn": asked}), ["knn"]).rows[0].fields

    assert fields() == fields(domains="together", density=0) == {"k": 1}
    assert fields(domains="apart", density=2) == {"k": 1, "domains": "apart", "density": 2}
