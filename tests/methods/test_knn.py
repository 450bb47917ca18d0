"""Nearest neighbours: the same as scikit-learn's on features worked out here."""

from __future__ import annotations

import numpy as np
import pytest
from asdbench_methods.knn import KNN
from sklearn.neighbors import NearestNeighbors

from asdbench import Clips, Context

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
