"""Intervals, against scikit-learn and SciPy, by hand, and against simulated truth."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from sklearn.metrics import roc_auc_score

from asdbench.evaluation import bootstrap
from asdbench.evaluation.bootstrap import Areas
from asdbench.evaluation.metrics import auc, pauc


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
    apart = [bootstrap.resampled_areas(labels, scores, counts[:, [b]]) for b in (0, 500, 1002)]
    for figure in (0, 1):
        assert together[figure].shape == (1003,)
        assert [one[figure][0] for one in apart] == together[figure][[0, 500, 1002]].tolist()


def test_clips_are_drawn_within_their_class_as_many_as_there_are() -> None:
    labels = np.array([True] * 3 + [False] * 7)
    counts = bootstrap.resampled_clips(labels, 2000, 0)
    assert (counts[labels].sum(axis=0) == 3).all()
    assert (counts[~labels].sum(axis=0) == 7).all()
    assert counts.mean(axis=1) == pytest.approx(1, abs=0.1)
    assert (counts == bootstrap.resampled_clips(labels, 2000, 0)).all()
    assert (counts != bootstrap.resampled_clips(labels, 2000, 1)).any()


@pytest.mark.parametrize("units", [2, 3, 10])
def test_drawn_units_give_the_variance_of_their_mean(units: int) -> None:
    """n of n draws would give (n - 1) / n of it."""
    values = np.random.default_rng(units).standard_normal(units)
    weights = bootstrap.drawn(units, 20_000, 0)
    assert weights.sum(axis=0) == pytest.approx(1)
    assert (values @ weights).var() == pytest.approx(values.var(ddof=1) / units, rel=0.05)


def test_one_unit_is_always_drawn() -> None:
    assert (bootstrap.drawn(1, 5, 0) == 1).all()


def areas_of(by_repeat_and_id: list[list[float]], machines: tuple[str, ...]) -> Areas:
    """Areas without any noise of clips."""
    measured = np.array(by_repeat_and_id)
    return Areas(measured, np.repeat(measured[:, :, None], bootstrap.RESAMPLES, axis=2), machines)


def test_what_varies_in_nothing_has_no_width() -> None:
    areas = areas_of([[0.8, 0.6]] * 3, ("fan", "pump"))
    means = bootstrap.means_on_these_ids(areas, bootstrap.drawn(3, bootstrap.RESAMPLES, 0))
    assert bootstrap.interval(areas, means, new_ids=False) == pytest.approx((0.7, 0.7))


def test_every_machine_type_counts_the_same_however_many_ids_it_has() -> None:
    areas = areas_of([[0.9, 0.9, 0.9, 0.5]], ("fan", "fan", "fan", "pump"))
    means = bootstrap.means_on_these_ids(areas, bootstrap.drawn(1, bootstrap.RESAMPLES, 0))
    assert means == pytest.approx(0.7)
    ids = bootstrap.drawn_ids(areas.machines, bootstrap.RESAMPLES, 0)
    assert ids[:3].sum(axis=0) == pytest.approx(0.5)
    assert ids[3] == pytest.approx(0.5)


def test_with_repeats_alone_the_interval_is_students() -> None:
    values = [0.60, 0.66, 0.72]
    areas = areas_of([[value] for value in values], ("fan",))
    means = bootstrap.means_on_these_ids(areas, bootstrap.drawn(3, bootstrap.RESAMPLES, 0))
    low, high = bootstrap.interval(areas, means, new_ids=False)
    error = scipy_stats.sem(values)
    expected = scipy_stats.t.interval(0.95, 2, loc=0.66, scale=error)
    # Two draws of three values know few means, so it's not Student's to the digit.
    assert (low, high) == pytest.approx(expected, abs=0.06)
    assert high - low > 2 * 1.96 * error  # what a normal distribution would give


def test_an_interval_stays_within_zero_and_one() -> None:
    areas = areas_of([[0.999], [0.8]], ("fan",))
    means = bootstrap.means_on_these_ids(areas, bootstrap.drawn(2, bootstrap.RESAMPLES, 0))
    assert bootstrap.interval(areas, means, new_ids=False)[1] == 1


def test_other_ids_widen_the_interval() -> None:
    areas = areas_of([[0.9, 0.7, 0.8, 0.6]] * 2, ("fan", "fan", "pump", "pump"))
    repeats = bootstrap.drawn(2, bootstrap.RESAMPLES, 0)
    ids = bootstrap.drawn_ids(areas.machines, bootstrap.RESAMPLES, 0)
    means = bootstrap.means_on_new_ids(areas, repeats, ids)
    low, high = bootstrap.interval(areas, means, new_ids=True)
    assert low < 0.7
    assert high > 0.8


def test_intervals_cover_the_truth_about_95_times_in_100() -> None:
    """A part of ci/bench/intervals.py, which does more simulations of more worlds."""
    bench = runpy.run_path(str(Path(__file__).parents[2] / "ci" / "bench" / "intervals.py"))
    runs = [bench["simulate"](bench["WORLDS"][0], seed) for seed in range(30)]
    for figure, ids in runs[0]:
        covered = sum(run[figure, ids][0] for run in runs)
        print(f"{figure}, {ids} machine IDs: {covered} of 30")
        assert covered >= 26
        # A wide enough interval covers everything: these are no wider than they need to be.
        width = np.mean([run[figure, ids][1] for run in runs])
        assert width < {"these": 0.13, "new": 0.24}[ids]


def test_small_samples_have_pauc_too_high_and_the_interval_corrects_it() -> None:
    """The mean of resampled pAUCs lies above the measured one; the interval's centre doesn't."""
    rng = np.random.default_rng(0)
    labels = np.arange(36) < 18
    scores = rng.standard_normal(36) + labels
    counts = bootstrap.resampled_clips(labels, bootstrap.RESAMPLES, 0)
    resampled = bootstrap.resampled_areas(labels, scores, counts)[1]
    measured = pauc(labels, scores)
    assert resampled.mean() > measured + 0.005
    areas = Areas(np.array([[measured]]), resampled[None, None], ("fan",))
    means = bootstrap.means_on_these_ids(areas, bootstrap.drawn(1, bootstrap.RESAMPLES, 0))
    assert means.mean() == pytest.approx(2 * measured - resampled.mean())
    assert auc(labels, scores) > 0.5
