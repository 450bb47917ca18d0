"""Where the variance of a figure and of a difference comes from, by hand and by simulation."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from scipy import stats

from asdbench.evaluation.repeats import Repeats
from asdbench.evaluation.sampled import Grain, Sampled
from asdbench.evaluation.variation import Uncertainty, estimate, together, wider

NO_CLIPS = Grain(0.0, 0.0)


def exact(*rows: Sequence[Sequence[float]], machines: Sequence[str] = ("fan",)) -> Sampled:
    """Figures (R, U) a row whose clips are without end: only seeds and IDs vary."""
    count, units = len(rows), len(machines)
    return Sampled(
        machines=tuple(machines),
        of_ids=True,
        measured=tuple(np.array(row, float) for row in rows),
        bias=np.zeros((count, units)),
        fits=np.zeros((units, count, count)),
        clips=np.zeros((units, count, count)),
        grain=(NO_CLIPS,) * units,
        freedom=(99,) * units,
    )


def test_with_seeds_alone_it_is_students_t_of_repeats() -> None:
    values = [0.60, 0.66, 0.72]
    found = estimate(exact([[v] for v in values]), [Repeats("a", (0, 1, 2))], {0: 1.0})
    assert found.value == pytest.approx(0.66)
    assert found.here.variance == pytest.approx(stats.sem(values) ** 2)
    assert found.here.freedom == pytest.approx(2)
    assert found.clips.variance == 0
    assert found.elsewhere is None


def test_seeds_of_two_methods_are_independent_and_of_one_method_paired() -> None:
    first, second = [[0.6], [0.7], [0.8]], [[0.5], [0.6], [0.7]]  # always 0.1 apart
    both = {0: 1.0, 1: -1.0}
    of_two = [Repeats("a", (0, 1, 2)), Repeats("b", (0, 1, 2))]
    found = estimate(exact(first, second), of_two, both)
    assert found.value == pytest.approx(0.1)
    assert found.here.variance == pytest.approx(2 * 0.01 / 3)
    of_one = [Repeats("a", (0, 1, 2)), Repeats("a", (0, 1, 2))]
    assert estimate(exact(first, second), of_one, both).here.variance == pytest.approx(0)
    apart = [Repeats("a", (0, 1, 2)), Repeats("a", (3, 4, 5))]  # nothing to pair
    assert estimate(exact(first, second), apart, both).here.variance == pytest.approx(2 * 0.01 / 3)


def test_one_repeat_is_known_to_vary_only_where_the_method_has_no_randomness() -> None:
    rows = exact([[0.6]], [[0.5], [0.5]])
    unknown = estimate(rows, [Repeats("a", (0,)), Repeats("b", (0, 1))], {0: 1.0, 1: -1.0})
    assert unknown.clips is not None
    assert (unknown.here, unknown.elsewhere) == (None, None)
    declared = [Repeats("a", (0,), declared=True), Repeats("b", (0, 1))]
    known = estimate(rows, declared, {0: 1.0, 1: -1.0})
    assert known.here is not None
    assert known.here.variance == 0  # equal under both seeds


def test_a_promise_that_scores_break_counts_for_nothing() -> None:
    found = estimate(exact([[0.6], [0.8]]), [Repeats("a", (0, 1), declared=True)], {0: 1.0})
    assert found.here.variance == pytest.approx(0.01)


def test_other_ids_add_their_spread_within_types_that_stay() -> None:
    machines = ["fan"] * 3 + ["pump"] * 3
    repeats = [Repeats("a", (0,), declared=True)]
    found = estimate(exact([[0.5, 0.6, 0.7, 0.8, 0.9, 1.0]], machines=machines), repeats, {0: 1.0})
    assert found.value == pytest.approx(0.75)
    # Each type: variance 0.01 over 3 IDs; the mean of two types has a quarter of their sum.
    assert found.elsewhere.variance == pytest.approx(2 * 0.01 / 3 / 4)
    assert found.here.variance == 0


def test_a_seed_that_moves_all_ids_alike_adds_to_the_spread_of_ids_and_others_are_in_it() -> None:
    ids = np.linspace(0.5, 0.7, 5)
    repeats = [Repeats("a", (0, 1, 2))]
    spread = ids.var(ddof=1) / 5
    alike = exact([ids, ids + 0.02, ids + 0.01], machines=["fan"] * 5)
    found = estimate(alike, repeats, {0: 1.0})
    assert found.here.variance == pytest.approx(0.01**2 / 3)
    assert found.elsewhere.variance == pytest.approx(spread + 0.01**2 / 3)
    apart = exact([ids, ids[::-1], np.roll(ids, 1)], machines=["fan"] * 5)
    found = estimate(apart, repeats, {0: 1.0})
    assert found.here.variance == pytest.approx(0)
    means = np.mean([ids, ids[::-1], np.roll(ids, 1)], axis=0)
    assert found.elsewhere.variance == pytest.approx(means.var(ddof=1) / 5)


def test_too_few_ids_tell_nothing_of_others_and_a_lone_one_spreads_as_the_rest() -> None:
    repeats = [Repeats("a", (0,), declared=True)]
    three = exact([[0.5, 0.6, 0.7]], machines=["fan"] * 3)
    assert estimate(three, repeats, {0: 1.0}).elsewhere is None
    values = [0.5, 0.6, 0.7, 0.8, 0.6]
    lone = exact([values], machines=["fan"] * 4 + ["pump"])
    usual = np.var(values[:4], ddof=1)
    found = estimate(lone, repeats, {0: 1.0}).elsewhere
    assert found.variance == pytest.approx((usual / 4 + usual) / 4)


def test_rows_meet_on_the_ids_that_both_have() -> None:
    nan = math.nan
    rows = exact([[0.9, 0.7, nan]], [[nan, 0.5, 0.6]], machines=["fan", "fan", "pump"])
    repeats = [Repeats("a", (0,), declared=True), Repeats("b", (0,), declared=True)]
    found = estimate(rows, repeats, {0: 1.0, 1: -1.0})
    assert (found.units, found.value) == (1, pytest.approx(0.2))
    strangers = exact([[0.9, nan]], [[nan, 0.5]], machines=["fan", "pump"])
    assert estimate(strangers, repeats, {0: 1.0, 1: -1.0}) is None


def test_known_and_unsure_variances_together() -> None:
    assert together([Uncertainty(4.0, math.inf)]) == Uncertainty(4.0, math.inf)
    assert together([Uncertainty(4.0, 3)]) == pytest.approx(Uncertainty(4.0, 3))
    mixed = together([Uncertainty(4.0, 3), Uncertainty(4.0, math.inf)])
    assert mixed.variance == 8
    assert 3 < mixed.freedom < 12  # Satterthwaite's own is 12: (4 + 4)² / (4² / 3)
    assert wider(Uncertainty(1.0, 4), Uncertainty(3.0, 4)) == Uncertainty(3.0, 4)
    assert wider(Uncertainty(1.0, 1), Uncertainty(3.0, 90)) == Uncertainty(1.0, 1)


@pytest.mark.parametrize("share", [0.3, 0.8, 0.95])
@pytest.mark.parametrize("repeats", [2, 3, 5])
def test_degrees_of_freedom_keep_the_error_rate(repeats: int, share: float) -> None:
    """A variance that is known, and one from few repeats that makes up ``share`` of the sum."""
    rng = np.random.default_rng(0)
    values = rng.standard_normal((6000, repeats)) * math.sqrt(share * repeats)
    known = rng.standard_normal(6000) * math.sqrt(1 - share)
    wrong = 0
    for mean, variance in zip(values.mean(axis=1) + known, values.var(axis=1, ddof=1), strict=True):
        part = together(
            [Uncertainty(1 - share, math.inf), Uncertainty(variance / repeats, repeats - 1)]
        )
        wrong += abs(mean) > stats.t.ppf(0.975, part.freedom) * math.sqrt(part.variance)
    assert 0.02 < wrong / 6000 < 0.065
