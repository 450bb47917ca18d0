"""The figures of a trial: by hand, and against scikit-learn."""

from __future__ import annotations

import math

import pytest
from sklearn.metrics import roc_auc_score

from asdbench.results.records import Score
from asdbench.tuning.instances import (
    Instance,
    family_aucs,
    logit,
    mean_logit,
    over_machines,
    saturated,
    true_figures,
)

FAN_TONE, FAN_WARP = Instance("fan", "tone"), Instance("fan", "warp")
VALVE_TONE = Instance("valve", "tone")
A, B, C = (Instance("fan", part) for part in "abc")


def score(
    clip: str, value: float, *, id: str = "00", machine: str = "fan", **told: object
) -> Score:
    whole = {"subset": "development", "anomalous": None, **told}
    return Score(machine=machine, id=id, clip=clip, score=value, **whole)  # type: ignore[arg-type]


def test_the_objective_is_the_mean_log_odds() -> None:
    assert mean_logit({FAN_TONE: 0.5, FAN_WARP: 0.5}) == 0.0
    aucs = {FAN_TONE: 0.8, FAN_WARP: 0.5, VALVE_TONE: 0.2}
    assert mean_logit(aucs) == pytest.approx((math.log(4) + 0 - math.log(4)) / 3)
    assert mean_logit(aucs, {VALVE_TONE}) == pytest.approx(math.log(4) / 2)
    assert logit(0.2) == pytest.approx(-math.log(4))


def test_a_perfect_auc_counts_as_a_nearly_perfect_one() -> None:
    assert mean_logit({A: 1.0}) == mean_logit({A: 0.995}) == pytest.approx(math.log(199))
    assert mean_logit({A: 0.0}) == pytest.approx(-math.log(199))


def test_an_instance_that_nearly_all_trials_solve_is_saturated() -> None:
    easy, hard, often = A, B, C
    solved = [{easy: 0.995, hard: 0.6, often: 0.995} for _ in range(8)]
    unsolved = [{easy: 0.995, hard: 0.995, often: 0.99} for _ in range(2)]
    assert saturated([*solved, *unsolved]) == {easy}  # often in exactly 80 %, which is not more
    assert saturated([*solved, *unsolved[:1]]) == {easy, often}
    assert saturated([{easy: 0.99}]) == set()


def test_all_but_the_unseen_ids_are_part_of_the_objective() -> None:
    assert FAN_TONE.counts
    assert not Instance("fan", "unseen_id").counts


def test_an_auc_is_that_of_each_machine_id_against_its_own_normal_clips() -> None:
    """The mean over IDs, each as heavy as its normal clips."""
    families = {"t": "tone", "w": "warp", "n": None}
    scores = [
        *(score(f"n{i}", value) for i, value in enumerate((0.1, 0.4))),
        *(score(f"t{i}", value) for i, value in enumerate((0.3, 0.5))),
        score("w0", 0.2),
        score("n0", 0.9, id="02"),
        score("t0", 0.1, id="02"),
    ]
    found = family_aucs(scores, lambda score: families[score.clip[0]])
    of_00 = roc_auc_score([0, 0, 1, 1], [0.1, 0.4, 0.3, 0.5])
    assert found == {
        FAN_TONE: pytest.approx((2 * of_00 + 1 * 0.0) / 3),
        FAN_WARP: pytest.approx(0.5),
    }


def test_a_true_figure_is_the_mean_of_auc_and_pauc_of_each_labelled_id() -> None:
    labels, values = [False, False, True, True, True], [0.1, 0.5, 0.4, 0.6, 0.7]
    of_00 = [
        score(str(i), value, anomalous=label)
        for i, (label, value) in enumerate(zip(labels, values, strict=True))
    ]
    others = [
        score("x", 0.3, id="02", anomalous=False),  # no anomaly to tell it from
        score("y", 0.3, id="04"),  # no label
        score("z", 0.9, id="06", subset="evaluation", anomalous=False),
        score("z", 0.1, id="06", subset="evaluation", anomalous=True),
    ]
    auc, pauc = (roc_auc_score(labels, values, max_fpr=most) for most in (None, 0.1))
    of_development = {Instance("fan", "id_00"): pytest.approx((auc + pauc) / 2)}
    assert true_figures([*of_00, *others], "development") == of_development
    assert set(true_figures([*of_00, *others])) == {
        Instance("fan", f"id_{i}") for i in ("00", "06")
    }


def test_each_machine_type_is_as_heavy_as_another() -> None:
    figures = {FAN_TONE: 0.9, FAN_WARP: 0.5, VALVE_TONE: 0.4}
    assert over_machines(figures) == pytest.approx((0.7 + 0.4) / 2)
