"""Whether a setting is better: against SciPy, and on simulated studies where none is."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from asdbench.results.records import Score
from asdbench.tuning.finalists import CHOOSING, FINALISTS, TESTING
from asdbench.tuning.verdict import by_labels, kept, on_tasks


def scores(quality: float, seed: int, clips: int = 60) -> list[Score]:
    """Of two machine types with two IDs each, on the same clips in every call."""
    rng, own = np.random.default_rng(0), np.random.default_rng(seed)
    return [
        Score(
            machine,
            id_,
            "development",
            f"{number}.wav",
            number < clips // 2,
            float(rng.standard_normal() + 0.3 * own.standard_normal())
            + quality * (number < clips // 2),
        )
        for machine in ("fan", "pump")
        for id_ in ("00", "02")
        for number in range(clips)
    ]


def test_tasks_that_share_clips_are_worth_less_than_their_number() -> None:
    chosen, default = [0.5, 0.7, 0.9, 0.6, 0.8], [0.1, 0.2, 0.3, 0.2, 0.2]
    found = on_tasks(chosen, default)
    differences = np.subtract(chosen, default)
    assert found.difference == pytest.approx(differences.mean())
    # A quarter is held out: a fifth, and one third.
    assert found.error == pytest.approx(differences.std(ddof=1) * math.sqrt(1 / 5 + 1 / 3))
    assert found.p == pytest.approx(stats.t.sf(found.difference / found.error, 4))
    assert found.better
    assert not on_tasks(default, chosen).better
    assert not on_tasks([0.3] * 3, [0.2] * 3).better  # nothing varies: nothing can be told


def test_the_default_is_kept_where_no_setting_is_better() -> None:
    assert kept(FINALISTS, CHOOSING, TESTING) >= 0.95


def test_a_setting_that_is_much_better_by_labels_wins_and_an_equal_one_does_not() -> None:
    default = [scores(0.5, seed) for seed in range(3)]
    better = [scores(2.5, 10 + seed) for seed in range(3)]
    assert by_labels(better, default, trials=20, subset="development").better
    equal = [scores(0.5, 20 + seed) for seed in range(3)]
    assert not by_labels(equal, default, trials=20, subset="development").better


def test_a_method_without_randomness_is_judged_by_its_clips() -> None:
    """Equal under all seeds, a lead of a few clips is no lead; and many trials ask for more."""
    default, slightly = [scores(0.5, 1)] * 3, [scores(0.6, 1)] * 3
    found = by_labels(slightly, default, trials=1, subset="development")
    assert found.difference > 0
    assert found.error > 0
    assert by_labels(slightly, default, trials=5, subset="development").p == pytest.approx(
        min(1, 5 * found.p)
    )
    same = by_labels(default, default, trials=1, subset="development")
    assert (same.better, same.p) == (False, 1)


def test_clips_without_a_label_ids_of_one_class_and_the_other_subset_count_for_nothing() -> None:
    both = [scores(0.5, 1), scores(0.5, 2)]
    better = [scores(2.0, 3), scores(2.0, 4)]
    evaluation = [
        score._replace(subset="evaluation", score=1e3 * bool(score.anomalous))
        for score in scores(0.0, 9)
    ]
    extra = [
        Score("valve", "00", "development", "x.wav", None, 1e9),
        Score("valve", "02", "development", "y.wav", True, 1e9),
    ]
    found = by_labels(
        [[*one, *extra, *evaluation] for one in better],
        [[*one, *extra] for one in both],
        trials=1,
        subset="development",
    )
    assert found == by_labels(better, both, trials=1, subset="development")
