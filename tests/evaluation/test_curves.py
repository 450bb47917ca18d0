"""What leaderboards draw, against curves and counts worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from asdbench.evaluation import curves


def rates(points: list[float]) -> dict[float, float]:
    return dict(zip(curves.FALSE_RATES, points, strict=True))


def test_a_roc_curve_is_the_mean_over_repeats() -> None:
    anomalous = [False, False, True, True]
    best, worst = [0, 1, 2, 3], [2, 3, 0, 1]
    tied = [1, 1, 1, 1]
    assert set(curves.roc(anomalous, [best])) == {1.0}
    found = rates(curves.roc(anomalous, [best, worst]))
    assert (found[0], found[0.5], found[1]) == (0.5, 0.5, 1.0)
    assert rates(curves.roc(anomalous, [tied]))[0.05] == 0.05  # a tie is a slope
    one_of_two = rates(curves.roc(anomalous, [[0, 2, 1, 3]]))
    assert (one_of_two[0], one_of_two[0.5], one_of_two[1]) == (0.5, 1.0, 1.0)


def test_rates_are_finer_where_pauc_looks() -> None:
    assert list(curves.FALSE_RATES) == sorted(set(curves.FALSE_RATES))
    assert (curves.FALSE_RATES[0], curves.FALSE_RATES[-1]) == (0, 1)
    fine = [rate for rate in curves.FALSE_RATES if rate <= 0.1]
    assert np.diff(fine) == pytest.approx(0.005)


def test_a_histogram_counts_each_label_apart() -> None:
    found = curves.histogram([False] * 3 + [True] * 2, [0, 0, 24, 24, 12.1])
    assert len(found.normal) == len(found.anomalous) == curves.BINS
    assert (found.normal[0], found.normal[-1], sum(found.normal)) == (2, 1, 3)
    assert (found.anomalous[12], found.anomalous[-1], sum(found.anomalous)) == (1, 1, 2)


def test_the_outermost_bins_hold_what_lies_beyond() -> None:
    scores = np.r_[np.linspace(0, 1, 999), 1e9]
    found = curves.histogram(np.arange(1000) == 999, scores)
    assert found.high < 1.01
    assert found.anomalous[-1] == 1


def test_equal_scores_have_bins_around_them() -> None:
    found = curves.histogram([False, True], [7, 7])
    assert (found.low, found.high) == (3.5, 10.5)
    assert sum(found.normal) == sum(found.anomalous) == 1
    near = curves.histogram([False, True], [1.0, np.nextafter(1.0, 2.0)])
    assert near.low < 1 < near.high
    tiny = curves.histogram([False, True, True], [1e-9, 2e-9, 3e-9])
    assert (tiny.low, tiny.high) == pytest.approx((1e-9, 3e-9), rel=0.02)


def test_a_few_clips_far_off_do_not_make_it_one_bar() -> None:
    normal, anomalous = np.linspace(0, 1e-3, 40), np.linspace(5e-4, 2e-3, 40)
    anomalous[-3:] = 50.0
    found = curves.histogram(np.arange(80) >= 40, np.r_[normal, anomalous])
    assert found.high < 0.01
    assert sum(count > 0 for count in found.normal) > 3
    assert found.anomalous[-1] >= 3


def test_training_has_a_curve_a_stage_and_figure() -> None:
    history = [
        {"stage": "pretrain", "epoch": "1", "loss": "2.5", "accuracy": ""},
        {"stage": "pretrain", "epoch": "2", "loss": "1.2345678", "accuracy": ""},
        {"stage": "train", "epoch": "1", "loss": "0.5", "accuracy": "0.75"},
    ]
    found = curves.curves(2, "fan", history)
    assert [(c.repeat, c.machine, c.stage, c.figure) for c in found] == [
        (2, "fan", "pretrain", "loss"),
        (2, "fan", "train", "loss"),
        (2, "fan", "train", "accuracy"),
    ]
    assert (list(found[0].epochs), list(found[0].values)) == ([1, 2], [2.5, 1.2346])
    assert curves.curves(0, None, []) == []


def test_a_figure_that_is_no_finite_number_is_not_drawn() -> None:
    history = [
        {"stage": "fit", "epoch": str(epoch), "loss": loss, "gap": "nan"}
        for epoch, loss in enumerate(["0.5", "nan", "-1e400", "0.25"], 1)
    ]
    [found] = curves.curves(0, None, history)
    assert (found.figure, [*found.epochs], [*found.values]) == ("loss", [1, 4], [0.5, 0.25])


def test_long_training_is_thinned_out_but_keeps_its_ends() -> None:
    history = [{"stage": "fit", "epoch": str(e), "loss": str(1 / e)} for e in range(1, 201)]
    [found] = curves.curves(0, None, history)
    assert len(found.epochs) == curves.POINTS
    assert (found.epochs[0], found.epochs[-1]) == (1, 200)
    assert (found.values[0], found.values[-1]) == (1, 0.005)
    assert list(found.epochs) == sorted(set(found.epochs))
