"""The statistics, against scikit-learn and SciPy, by hand, and against simulated truth."""

from __future__ import annotations

import runpy
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from sklearn.metrics import roc_auc_score

from asdbench import stats
from asdbench.metrics import auc, pauc
from asdbench.stats import Areas


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
    counts = stats.resampled_clips(labels, 5, seed)
    found = stats.resampled_areas(labels, scores, counts)
    for b in range(5):
        drawn = np.repeat(np.arange(len(labels)), counts[:, b].astype(int))
        assert found[0][b] == pytest.approx(roc_auc_score(labels[drawn], scores[drawn]), abs=1e-12)
        partial = roc_auc_score(labels[drawn], scores[drawn], max_fpr=0.1)
        assert found[1][b] == pytest.approx(partial, abs=1e-12)


def test_many_resamples_are_the_same_as_few_at_a_time() -> None:
    labels = np.arange(60) % 2 == 0
    scores = np.random.default_rng(0).integers(0, 20, 60).astype(float)
    counts = stats.resampled_clips(labels, 2 * stats.BLOCK + 3, 0)
    together = stats.resampled_areas(labels, scores, counts)
    apart = [stats.resampled_areas(labels, scores, counts[:, [b]]) for b in (0, 500, 1002)]
    for figure in (0, 1):
        assert together[figure].shape == (1003,)
        assert [one[figure][0] for one in apart] == together[figure][[0, 500, 1002]].tolist()


def test_clips_are_drawn_within_their_class_as_many_as_there_are() -> None:
    labels = np.array([True] * 3 + [False] * 7)
    counts = stats.resampled_clips(labels, 2000, 0)
    assert (counts[labels].sum(axis=0) == 3).all()
    assert (counts[~labels].sum(axis=0) == 7).all()
    assert counts.mean(axis=1) == pytest.approx(1, abs=0.1)
    assert (counts == stats.resampled_clips(labels, 2000, 0)).all()
    assert (counts != stats.resampled_clips(labels, 2000, 1)).any()


@pytest.mark.parametrize("units", [2, 3, 10])
def test_drawn_units_give_the_variance_of_their_mean(units: int) -> None:
    """n of n draws would give (n - 1) / n of it."""
    values = np.random.default_rng(units).standard_normal(units)
    weights = stats.drawn(units, 20_000, 0)
    assert weights.sum(axis=0) == pytest.approx(1)
    assert (values @ weights).var() == pytest.approx(values.var(ddof=1) / units, rel=0.05)


def test_one_unit_is_always_drawn() -> None:
    assert (stats.drawn(1, 5, 0) == 1).all()


def areas_of(by_repeat_and_id: list[list[float]], machines: tuple[str, ...]) -> Areas:
    """Areas without any noise of clips."""
    measured = np.array(by_repeat_and_id)
    return Areas(measured, np.repeat(measured[:, :, None], stats.RESAMPLES, axis=2), machines)


def test_what_varies_in_nothing_has_no_width() -> None:
    areas = areas_of([[0.8, 0.6]] * 3, ("fan", "pump"))
    means = stats.means_on_these_ids(areas, stats.drawn(3, stats.RESAMPLES, 0))
    assert stats.interval(areas, means, new_ids=False) == pytest.approx((0.7, 0.7))


def test_every_machine_type_counts_the_same_however_many_ids_it_has() -> None:
    areas = areas_of([[0.9, 0.9, 0.9, 0.5]], ("fan", "fan", "fan", "pump"))
    means = stats.means_on_these_ids(areas, stats.drawn(1, stats.RESAMPLES, 0))
    assert means == pytest.approx(0.7)
    ids = stats.drawn_ids(areas.machines, stats.RESAMPLES, 0)
    assert ids[:3].sum(axis=0) == pytest.approx(0.5)
    assert ids[3] == pytest.approx(0.5)


def test_with_repeats_alone_the_interval_is_students() -> None:
    values = [0.60, 0.66, 0.72]
    areas = areas_of([[value] for value in values], ("fan",))
    means = stats.means_on_these_ids(areas, stats.drawn(3, stats.RESAMPLES, 0))
    low, high = stats.interval(areas, means, new_ids=False)
    error = scipy_stats.sem(values)
    expected = scipy_stats.t.interval(0.95, 2, loc=0.66, scale=error)
    # Two draws of three values know few means, so it's not Student's to the digit.
    assert (low, high) == pytest.approx(expected, abs=0.06)
    assert high - low > 2 * 1.96 * error  # what a normal distribution would give


def test_an_interval_stays_within_zero_and_one() -> None:
    areas = areas_of([[0.999], [0.8]], ("fan",))
    means = stats.means_on_these_ids(areas, stats.drawn(2, stats.RESAMPLES, 0))
    assert stats.interval(areas, means, new_ids=False)[1] == 1


def test_other_ids_widen_the_interval() -> None:
    areas = areas_of([[0.9, 0.7, 0.8, 0.6]] * 2, ("fan", "fan", "pump", "pump"))
    repeats = stats.drawn(2, stats.RESAMPLES, 0)
    ids = stats.drawn_ids(areas.machines, stats.RESAMPLES, 0)
    low, high = stats.interval(areas, stats.means_on_new_ids(areas, repeats, ids), new_ids=True)
    assert low < 0.7
    assert high > 0.8


def test_intervals_cover_the_truth_about_95_times_in_100() -> None:
    """A part of ci/bench/intervals.py, which does more simulations of more worlds."""
    bench = runpy.run_path(str(Path(__file__).parents[1] / "ci" / "bench" / "intervals.py"))
    runs = [bench["simulate"](bench["WORLDS"][0], seed) for seed in range(30)]
    for figure, ids in runs[0]:
        covered = sum(run[figure, ids][0] for run in runs)
        print(f"{figure}, {ids} machine IDs: {covered} of 30")
        assert covered >= 26
        # A wide enough interval covers everything: these are no wider than they need to be.
        width = np.mean([run[figure, ids][1] for run in runs])
        assert width < {"these": 0.13, "new": 0.24}[ids]


@given(st.lists(st.integers(-6, 6), min_size=1, max_size=25), st.integers(0, 5))
@settings(max_examples=40, deadline=None)
def test_the_paired_test_is_wilcoxons(differences: list[int], base: int) -> None:
    second = np.full(len(differences), base / 10)
    first = second + np.array(differences) / 50
    found = stats.paired(first, second)
    nonzero = [d for d in differences if d]
    assert found.n == len(differences)
    assert found.difference == pytest.approx(np.mean(differences) / 50, abs=1e-9)
    if not nonzero:
        assert (found.p, found.effect) == (1, 0)
        return
    assert found.p == pytest.approx(scipy_stats.wilcoxon(nonzero).pvalue, abs=1e-12)
    ranks = scipy_stats.rankdata(np.abs(nonzero))
    plus = sum(r for r, d in zip(ranks, nonzero, strict=True) if d > 0)
    assert found.effect == pytest.approx((2 * plus - ranks.sum()) / ranks.sum())


def test_the_paired_test_knows_direction_and_size() -> None:
    better = stats.paired([0.9, 0.8, 0.7, 0.95, 0.6, 0.85], [0.8, 0.6, 0.4, 0.55, 0.1, 0.2])
    assert better.effect == 1
    assert better.p == 2 / 2**6  # exact: every sign agrees
    worse = stats.paired([0.1, 0.2], [0.2, 0.4])
    assert (worse.effect, worse.difference) == (-1, pytest.approx(-0.15))


def test_holms_correction_by_hand() -> None:
    # 0.01 x 4; 0.02 x 3; 0.03 x 2, not less than the one before; 0.5 x 1.
    assert stats.holm([0.03, 0.5, 0.01, 0.02]) == pytest.approx([0.06, 0.5, 0.04, 0.06])
    assert stats.holm([0.6, 0.7]) == [1, 1]
    assert stats.holm([]) == []


@given(st.integers(1, 7), st.data())
def test_rows_share_a_letter_unless_they_differ(rows: int, data: st.DataObject) -> None:
    pairs = list(combinations(range(rows), 2))
    different = data.draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    found = stats.letters(rows, different)
    assert all(found)
    for a, b in pairs:
        assert bool(set(found[a]) & set(found[b])) == ((a, b) not in different)


def test_letters_by_hand() -> None:
    assert stats.letters(3, []) == ["a", "a", "a"]
    assert stats.letters(3, [(0, 2)]) == ["a", "ab", "b"]
    assert stats.letters(3, [(0, 1), (0, 2), (1, 2)]) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("first", "second", "share"),
    [
        ([3, 3, 3], [1, 2, 2.5], 0),
        ([3, 1], [1, 3], 1),
        ([3, 3, 1], [1, 1, 3], 2 / 3),
        ([3, 1], [1, 1], 0.5),
        ([1], [2], None),
    ],
)
def test_flips_count_pairs_of_repeats(first: list, second: list, share: float | None) -> None:
    assert stats.flips(first, second) == (None if share is None else pytest.approx(share))


def test_the_best_of_each_resample_and_equal_ones_share() -> None:
    means = np.array([[1, 2, 3, 1], [0, 3, 3, 0], [0, 0, 3, 0]], float)
    assert stats.best(means) == pytest.approx([(2 + 1 / 3) / 4, (1 + 1 / 3) / 4, (1 / 3) / 4])


def test_small_samples_have_pauc_too_high_and_the_interval_corrects_it() -> None:
    """The mean of resampled pAUCs lies above the measured one; the interval's centre doesn't."""
    rng = np.random.default_rng(0)
    labels = np.arange(36) < 18
    scores = rng.standard_normal(36) + labels
    counts = stats.resampled_clips(labels, stats.RESAMPLES, 0)
    resampled = stats.resampled_areas(labels, scores, counts)[1]
    measured = pauc(labels, scores)
    assert resampled.mean() > measured + 0.005
    areas = Areas(np.array([[measured]]), resampled[None, None], ("fan",))
    means = stats.means_on_these_ids(areas, stats.drawn(1, stats.RESAMPLES, 0))
    assert means.mean() == pytest.approx(2 * measured - resampled.mean())
    assert auc(labels, scores) > 0.5
