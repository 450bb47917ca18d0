"""Covariances of rows from those of their repeats, and weights, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from asdbench.evaluation.repeats import Repeats
from asdbench.evaluation.sampled import Grain, Sampled, equal_weights, on_unit

NONE = Grain(0.0, 0.0)
VARIED = np.array([[4.0, 1.0, 2.0], [1.0, 6.0, 3.0], [2.0, 3.0, 9.0]])


def unit(repeats: list[Repeats], grain: Grain = NONE):
    """A row of two repeats and one of one, with these covariances between them."""
    measured = [np.array([0.7, 0.8]), np.array([0.6])]
    return on_unit(measured, repeats, VARIED, bias=np.zeros(3), grain=grain, freedom=9)


def test_the_covariance_of_fits_is_that_of_means_over_repeats() -> None:
    found = unit([Repeats("a", (0, 1)), Repeats("b", (0,))])
    assert found.fits.tolist() == [[(4 + 6 + 1 + 1) / 4, (2 + 3) / 2], [(2 + 3) / 2, 9]]


def test_what_clips_share_is_between_different_repeats() -> None:
    found = unit([Repeats("a", (0, 1)), Repeats("b", (0,))])
    # Of the first row's own, 1; with the second's repeat 0, only repeat 1; the second has but one.
    assert found.clips.tolist() == [[1, 3], [3, 9]]
    lone = unit([Repeats("a", (0, 1)), Repeats("b", (5,))])
    assert lone.clips.tolist() == [[1, 2.5], [2.5, 9]]


def test_no_variance_is_less_than_a_grain_and_what_is_correlated_stays_so() -> None:
    found = unit([Repeats("a", (0, 1)), Repeats("b", (0,))], Grain(0.1, 5.0))
    plain = unit([Repeats("a", (0, 1)), Repeats("b", (0,))])
    assert found.fits.diagonal() == pytest.approx([5, 9])  # 3 and 9 without
    correlation, before = (
        one.fits[0, 1] / np.sqrt(one.fits[0, 0] * one.fits[1, 1]) for one in (found, plain)
    )
    assert correlation == pytest.approx(before)
    assert found.clips == pytest.approx(plain.clips * np.outer(*[[np.sqrt(5 / 3), 1]] * 2))


def test_what_has_no_spread_has_that_of_a_grain() -> None:
    measured = [np.array([1.0]), np.array([0.6])]
    repeats = [Repeats("a", (0,)), Repeats("b", (0,))]
    varied = np.array([[0.0, 0.0], [0.0, 9.0]])
    found = on_unit(measured, repeats, varied, bias=np.zeros(2), grain=Grain(0.1, 5.0), freedom=9)
    assert found.fits.tolist() == found.clips.tolist() == [[5, 0], [0, 9]]


def test_a_grain_is_coarser_the_fewer_clips_there_are() -> None:
    # Of 10 and 5 clips: half of one of 50 pairs, nearly.
    assert Grain.of(10, 5).size == pytest.approx(0.5 / 51)
    assert Grain.of(10, 5).variance > Grain.of(100, 50).variance
    assert Grain.of_partial(20, 5).size == pytest.approx(0.5 / 11)  # 2 of 20 normal clips
    assert Grain.of_partial(3, 5).size == pytest.approx(0.5 / 6)  # but no less than one
    both = Grain.of_mean(Grain(0.1, 0.04), Grain(0.3, 0.16))
    assert both == pytest.approx((0.2, 0.09))


def test_units_are_joined_and_picked() -> None:
    repeats = [Repeats("a", (0, 1)), Repeats("b", (0,))]
    other = on_unit(
        [None, np.array([0.5])], repeats, np.ones((1, 1)), bias=np.zeros(1), grain=NONE, freedom=3
    )
    whole = Sampled.joined([("fan", unit(repeats)), ("pump", other)], of_ids=True)
    assert whole.machines == ("fan", "pump")
    assert whole.has(0).tolist() == [True, False]
    assert whole.has(1).tolist() == [True, True]
    assert whole.measured[1].tolist() == [[0.6, 0.5]]
    pump = whole.pick([1])
    assert (pump.machines, pump.freedom, pump.measured[1].tolist()) == (("pump",), (3,), [[0.5]])
    assert pump.fits.tolist() == [[[0, 0], [0, 1]]]


def test_some_rows_are_taken_without_the_others() -> None:
    repeats = [Repeats("a", (0, 1)), Repeats("b", (0,))]
    whole = Sampled.joined([("fan", unit(repeats))], of_ids=True)
    second = whole.among([1])
    assert [of_row.tolist() for of_row in second.measured] == [[[0.6]]]
    assert (second.fits.tolist(), second.clips.tolist()) == ([[[9]]], [[[9]]])
    turned = whole.among([1, 0])
    assert turned.fits.tolist() == whole.fits[:, ::-1, ::-1].tolist()
    assert turned.bias.shape == (2, 1)


def test_every_machine_type_counts_the_same_however_many_ids_it_has() -> None:
    assert equal_weights(("fan", "fan", "fan", "pump")) == pytest.approx(
        [1 / 6, 1 / 6, 1 / 6, 1 / 2]
    )
