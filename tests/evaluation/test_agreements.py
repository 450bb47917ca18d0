"""How alike rows rank clips, and which anomalies only one of them finds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from asdbench.evaluation.agreements import agreements, found_by, ranks
from asdbench.evaluation.breakdown import FoundBy
from asdbench.evaluation.entries import Entry, MachineId, Scored

FAN, PUMP = MachineId("fan", "00"), MachineId("pump", "01")
TEN = np.arange(10.0)  # normal clips: one of them may lie above the threshold, which is the 9th


def clips(*repeats: list[float], normal: np.ndarray = TEN) -> Scored:
    labels = np.array([False] * len(normal) + [True] * len(repeats[0]))
    return Scored(labels, np.array([[*normal, *anomalous] for anomalous in repeats]))


def test_ranks_share_ties() -> None:
    values = np.array([3.0, 1.0, 3.0, 2.0, 1.0, 3.0])
    assert ranks(values).tolist() == stats.rankdata(values).tolist()


def test_anomalies_are_counted_by_which_row_finds_them(entry: Callable[..., Entry]) -> None:
    one = entry("one", {FAN: clips([8.5, 9.5, 0.5, 8.0, 7.5])}, [0])
    two = entry("two", {FAN: clips([8.5, 0.5, 9.5, 7.5, 7.5])}, [0])
    [found] = agreements("development", [one, two])
    assert (found.subset, found.first, found.second, found.n) == ("development", "one", "two", 1)
    # Above the second highest normal clip, 8; a tie with it isn't.
    assert found.found_by == FoundBy(both=1, first=1, second=1, neither=2)


def test_each_anomaly_is_told_with_the_rows_that_find_it(entry: Callable[..., Entry]) -> None:
    labels = np.array([False] * 10 + [True] * 2)
    names = tuple(f"{i}.wav" for i in range(12))
    fans = [Scored(labels, np.array([[*TEN, *more]]), names) for more in ([8.5, 0.5], [9.5, 8.5])]
    made = [entry("one", {FAN: fans[0]}, [0]), entry("two", {FAN: fans[1], PUMP: fans[0]}, [0])]
    assert list(found_by(made)) == [
        (FAN, "10.wav", [True, True]),
        (FAN, "11.wav", [False, True]),
        (PUMP, "10.wav", [None, True]),
        (PUMP, "11.wav", [None, False]),
    ]


def test_correlation_is_spearmans_mean_over_ids_that_both_have(
    entry: Callable[..., Entry],
) -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat([False, True], 10)
    scores = {of_id: rng.normal(size=(2, 20)) for of_id in (FAN, PUMP)}
    one = entry("one", {i: Scored(labels, scores[i][:1]) for i in scores}, [0])
    two = entry("two", {i: Scored(labels, scores[i][1:]) for i in scores}, [0])
    [found] = agreements("development", [one, two])
    expected = np.mean([stats.spearmanr(*scores[i]).statistic for i in scores])
    assert found.correlation == pytest.approx(expected)
    lone = entry("two", {FAN: two.ids[FAN]}, [0])
    [found] = agreements("development", [one, lone])
    assert found.n == 1
    assert found.correlation == pytest.approx(stats.spearmanr(*scores[FAN]).statistic)
    assert sum(vars(found.found_by).values()) == 10


def test_a_repeat_counts_by_its_ranks_whatever_its_scale(entry: Callable[..., Entry]) -> None:
    labels = np.repeat([False, True], 3)
    rising = np.arange(6.0)
    one = entry(
        "one", {FAN: Scored(labels, np.array([rising, 1e6 * rising, rising**3]))}, [0, 1, 2]
    )
    two = entry("two", {FAN: Scored(labels, rising[None])}, [0])
    [found] = agreements("development", [one, two])
    assert found.correlation == pytest.approx(1.0)


def test_one_score_for_all_has_no_correlation(entry: Callable[..., Entry]) -> None:
    one = entry("one", {FAN: clips([9.5])}, [0])
    flat = entry("flat", {FAN: Scored(one.ids[FAN].anomalous, np.zeros((1, 11)))}, [0])
    [found] = agreements("development", [one, flat])
    assert found.correlation is None
    assert found.found_by == FoundBy(both=0, first=1, second=0, neither=0)


def test_rows_without_a_common_id_are_not_compared(entry: Callable[..., Entry]) -> None:
    one, two = entry("one", {FAN: clips([9.5])}, [0]), entry("two", {PUMP: clips([9.5])}, [0])
    assert agreements("development", [one, two]) == []
