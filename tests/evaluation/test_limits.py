"""Thresholds and what they promise, against simulation."""

from __future__ import annotations

import numpy as np
import pytest

from asdbench.evaluation.limits import Rule, limit, percentile
from asdbench.evaluation.threshold import threshold

DAY = 43200.0  # clips of 2 s


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("gamma", Rule("gamma", 0.9)),
        ("gamma:0.95", Rule("gamma", 0.95)),
        ("quantile:0.99", Rule("quantile", 0.99)),
        ("alarms:3", Rule("alarms", 3.0)),
        ("alarms", Rule("alarms", 1.0)),
    ],
)
def test_rules_from_text_and_back(text: str, rule: Rule) -> None:
    assert Rule.of(text) == rule
    assert Rule.of(str(rule)) == rule


@pytest.mark.parametrize(
    "text", ["", "gama", "gamma:1", "gamma:x", "quantile:0", "alarms:0", "alarms:-1", "alarms:inf"]
)
def test_other_rules_say_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match=r"threshold .*quantile:0\.99"):
        Rule.of(text)


def test_gamma_is_that_of_decisions() -> None:
    scores = np.random.default_rng(0).gamma(3, 2, 200)
    found = limit(scores, Rule("gamma", 0.9), DAY)
    assert found.value == threshold(scores, 0.9)
    assert found.expected == pytest.approx(0.1, abs=0.02)
    assert found.kept
    assert found.low < np.mean(scores > found.value) < found.high


def test_a_quantile_is_a_score_of_a_training_clip() -> None:
    found = limit(np.arange(99.0), Rule("quantile", 0.9), DAY)
    assert found.value == 89.0  # the 90th of 99: new clips lie in 100 gaps, 10 of them above
    assert found.expected == pytest.approx(0.1)


def test_the_interval_holds_the_true_share_as_often_as_it_says() -> None:
    rng, inside, shares = np.random.default_rng(0), 0, []
    for _ in range(2000):
        found = limit(rng.uniform(size=50), Rule("quantile", 0.9), DAY)
        true = 1 - found.value  # of uniform scores
        shares.append(true)
        inside += found.low <= true <= found.high
    assert inside / 2000 == pytest.approx(0.95, abs=0.02)
    assert np.mean(shares) == pytest.approx(found.expected, abs=0.005)


def test_alarms_a_day_need_enough_training_clips() -> None:
    many = limit(np.arange(100_000.0), Rule("alarms", 1), DAY)
    assert many.kept
    assert many.expected * DAY <= 1
    few = limit(np.arange(100.0), Rule("alarms", 1), DAY)
    assert not few.kept
    assert few.value == 99.0  # the largest there is
    assert few.expected * DAY == pytest.approx(DAY / 101)
    assert few.a_day(DAY) == "about 430 false alarms a day (95 %: 11 to 1,600)"


def test_a_single_score_is_a_threshold_and_none_is_an_error() -> None:
    assert limit([3.0], Rule("quantile", 0.99), DAY).value == 3.0
    assert limit([3.0], Rule("gamma", 0.9), DAY).high == 0.975
    with pytest.raises(ValueError, match="there are none"):
        limit([], Rule("gamma", 0.9), DAY)


def test_percentiles_count_training_clips_up_to_a_score() -> None:
    assert [percentile([1, 2, 3, 4], x) for x in (0, 1, 2.5, 4, 9)] == [0, 25, 50, 100, 100]


def test_what_is_expected_lies_in_its_interval_and_few_clips_say_little() -> None:
    rng = np.random.default_rng(0)
    for count in (2, 4, 10, 19, 40):
        for _ in range(30):
            found = limit(rng.lognormal(size=count), Rule("gamma", 0.9), DAY)
            assert found.low <= found.expected <= found.high
            assert found.kept == (count >= 20)
