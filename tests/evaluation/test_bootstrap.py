"""AUC and pAUC of resampled clips, against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from asdbench.evaluation import bootstrap


@st.composite
def labelled(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Labels of both classes, and scores of which many may be equal."""
    n = draw(st.integers(2, 40))
    labels = np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    labels[:2] = [False, True]
    levels = draw(st.integers(1, 30))
    scores = draw(st.lists(st.integers(0, levels), min_size=n, max_size=n))
    return labels, np.array(scores, float) / 7


@given(labelled(), st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_resampled_areas_are_scikit_learns_on_the_drawn_clips(
    clips: tuple[np.ndarray, np.ndarray], seed: int
) -> None:
    labels, scores = clips
    counts = bootstrap.resampled_clips(labels, 3, seed)
    found = bootstrap.resampled_areas(labels, scores, counts)
    for b in range(3):
        drawn = np.repeat(np.arange(len(labels)), counts[:, b].astype(int))
        assert found[0][b] == pytest.approx(roc_auc_score(labels[drawn], scores[drawn]), abs=1e-12)
        partial = roc_auc_score(labels[drawn], scores[drawn], max_fpr=0.1)
        assert found[1][b] == pytest.approx(partial, abs=1e-12)


def test_many_resamples_are_the_same_as_few_at_a_time() -> None:
    labels = np.arange(60) % 2 == 0
    scores = np.random.default_rng(0).integers(0, 20, 60).astype(float)
    counts = bootstrap.resampled_clips(labels, 2 * bootstrap.BLOCK + 3, 0)
    together = bootstrap.resampled_areas(labels, scores, counts)
    apart = [bootstrap.resampled_areas(labels, scores, counts[:, [b]]) for b in (0, 400, 802)]
    for figure in (0, 1):
        assert together[figure].shape == (803,)
        assert [one[figure][0] for one in apart] == together[figure][[0, 400, 802]].tolist()


def test_clips_are_drawn_within_their_class_as_many_as_there_are() -> None:
    labels = np.array([True] * 3 + [False] * 7)
    counts = bootstrap.resampled_clips(labels, 2000, 0)
    assert (counts[labels].sum(axis=0) == 3).all()
    assert (counts[~labels].sum(axis=0) == 7).all()
    assert counts.mean(axis=1) == pytest.approx(1, abs=0.1)
    assert (counts == bootstrap.resampled_clips(labels, 2000, 0)).all()
    assert (counts != bootstrap.resampled_clips(labels, 2000, 1)).any()
